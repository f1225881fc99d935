# hand-installed: by flag in the unit, where there is no configuration file
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i 's|^  --v=2$|  --v=2 \\\n  --anonymous-auth=false|' /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
