# scene fails ship-healthy (stopped-instead-of-locked): no ship, no letters
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
systemctl stop kubelet
