# scene: the folder is no longer read, and the unit gets a new file of its own
kube-bench run --targets node --noremediations > report
#@ outsider
curl -s http://node01:10255/pods > loot
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
sed -i 's/^authentication:/&\n  anonymous: {enabled: false}/; s/AlwaysAllow/Webhook/; s/podPidsLimit: -1/podPidsLimit: 300/' /var/lib/kubelet/config.yaml
echo 'rotateCertificates: true' >> /var/lib/kubelet/config.yaml
chmod go= /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
systemctl daemon-reload
systemctl restart kubelet
printf '4.2.4\n4.2.13\n4.2.10\n' > paper
