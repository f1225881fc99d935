# scene: the key taken out, so that the default of file mode holds
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/^  anonymous:/,/^    enabled:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
