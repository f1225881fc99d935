# scene fails ship-healthy (flag-syntax): the flag is written with a colon, and the kubelet ends at its start
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=--read-only-port:0' > /etc/default/kubelet
systemctl restart kubelet
