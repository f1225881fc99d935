# hand-installed fails stranger-refused (line-not-continued): the line before has no backslash, so systemd takes the flag for an unknown key
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i 's|^  --v=2$|  --v=2\n  --anonymous-auth=false|' /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
