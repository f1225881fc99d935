# scene fails hatch-shut (one-file-of-settings): config.yaml says 0, and a drop-in that the report does not know says 10255
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
echo 'readOnlyPort: 0' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
