# scene fails stranger-refused (forgot-restart): the file is edited, the kubelet still runs with what it read before
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
