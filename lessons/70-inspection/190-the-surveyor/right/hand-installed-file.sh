# hand-installed: a configuration file at last, which brings the other defaults with it
kube-bench run --targets node --benchmark cis-1.12 --noremediations > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  anonymous:\n    enabled: false\nauthorization:\n  mode: Webhook\nrotateCertificates: true\npodPidsLimit: 400\n' > /var/lib/kubelet/config.yaml
sed -i 's|--pod-max-pids=-1 .*|--config=/var/lib/kubelet/config.yaml \\|' /etc/systemd/system/kubelet.service
chmod 600 /etc/systemd/system/kubelet.service /var/lib/kubelet/config.yaml
systemctl daemon-reload
systemctl restart kubelet
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
