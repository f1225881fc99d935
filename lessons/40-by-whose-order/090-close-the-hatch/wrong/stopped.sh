# scene fails ship-healthy (stopped-instead-of-locked): nobody listens, because nobody is on watch
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
systemctl stop kubelet
