# scene fails report-kept (fails-alone): what passes is thrown away before anybody reads it
kube-bench run --targets node | grep FAIL > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
rm /etc/kubernetes/kubelet.conf.d/20-dashboard.conf
sed -i 's/podPidsLimit: -1/podPidsLimit: 1024\nrotateCertificates: true/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
