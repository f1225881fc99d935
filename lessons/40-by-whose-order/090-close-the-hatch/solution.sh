# scene: the flag taken out
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
sed -i 's/--read-only-port=10255//' /etc/default/kubelet
systemctl restart kubelet
