# scene fails stranger-refused (config-stops-kubelet): a tab as indentation is no YAML, so the kubelet does not come up at all
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/^ *enabled: true/\tenabled: false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
