# scene fails loot-taken, letter-used (attack-skipped): the defence first
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
sleep 1
#@ outsider
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
