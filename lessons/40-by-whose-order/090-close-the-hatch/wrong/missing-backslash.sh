# hand-installed fails hatch-shut (line-not-continued): without a backslash before it the flag is no part of the command
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
sed -i 's|  --v=2|  --v=2\n  --read-only-port=0|' /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
