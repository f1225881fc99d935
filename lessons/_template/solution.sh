# scene: by file
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
