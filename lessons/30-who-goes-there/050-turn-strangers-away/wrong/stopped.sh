# scene fails pilot-logs, ship-healthy (stopped-instead-of-locked): a ship without a captain refuses everybody
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
systemctl stop kubelet
