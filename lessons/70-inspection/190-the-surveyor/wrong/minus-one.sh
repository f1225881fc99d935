# scene fails pids-limited (passes-on-paper): the line is there, so the report is content
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
rm /etc/kubernetes/kubelet.conf.d/20-dashboard.conf
sed -i 's/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
echo 'rotateCertificates: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
