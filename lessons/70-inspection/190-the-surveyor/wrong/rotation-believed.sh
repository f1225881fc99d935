# scene fails keeps-renewing (default-believed): what is not set was taken for the default that the report believes in
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
rm /etc/kubernetes/kubelet.conf.d/20-dashboard.conf
sed -i 's/AlwaysAllow/Webhook/; s/podPidsLimit: -1/podPidsLimit: 1024/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
printf '4.2.4\n4.2.13\n' > paper
