# hand-installed: --read-only-port=0 in the unit
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
sed -i 's|--register-node=true|--read-only-port=0 \\\n  --register-node=true|' /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
