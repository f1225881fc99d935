# hand-installed fails stranger-refused (file-pleases-tool): the report wants a configuration file, so there is one now, and nobody reads it
kube-bench run --targets node --benchmark cis-1.12 > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  anonymous:\n    enabled: false\nauthorization:\n  mode: Webhook\nrotateCertificates: true\npodPidsLimit: 400\n' > /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml /etc/systemd/system/kubelet.service
systemctl restart kubelet
kube-bench run --targets node --benchmark cis-1.12 --noremediations
