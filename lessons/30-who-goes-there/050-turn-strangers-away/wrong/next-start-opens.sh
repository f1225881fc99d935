# scene fails holds-after-restart (flag-beats-file): shut now, and a flag in the environment file opens it at the next start
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=true' > /etc/default/kubelet
