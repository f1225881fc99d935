# scene fails no-findings (wrong-file-locked): the drop-in was locked, and the report is about the unit
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
