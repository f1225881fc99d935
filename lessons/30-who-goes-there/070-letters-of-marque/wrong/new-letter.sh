# scene fails letter-revoked (new-token-ends-old): another letter is written, and the stolen one stays good
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
sleep 1
#@ controlplane
kubectl -n harbour create token gunner > letter
curl -sk -o /dev/null -H "Authorization: Bearer $(cat letter)" https://node01:10250/metrics
kubectl -n harbour create token gunner > letter2
