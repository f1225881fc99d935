# hand-installed fails stranger-refused, token-refused (forgot-daemon-reload): the unit changed on disk and systemd still has the old one
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i 's|^  --v=2$|  --v=2 \\\n  --anonymous-auth=false|' /etc/systemd/system/kubelet.service
systemctl restart kubelet
