# scene fails report-kept (report-afterwards): the first report is made when all is mended, so there is nothing to compare
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
kube-bench run --targets node > report
