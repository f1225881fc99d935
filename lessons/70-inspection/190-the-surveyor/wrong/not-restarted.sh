# scene fails lookout-refused (forgot-restart): the report is clean as soon as the file is, and the process is the old one
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
kube-bench run --targets node --check 4.2.2
