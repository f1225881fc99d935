# scene fails pilot-logs, pids-limited (passes-on-paper): a CA is configured, and it is the node’s own
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
sed -i 's|clientCAFile: .*|clientCAFile: /var/lib/kubelet/pki/kubelet.crt|' /var/lib/kubelet/config.yaml
systemctl restart kubelet
