# scene fails letter-revoked (right-for-a-name): the bearer loses a right and keeps the name
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
sleep 1
#@ controlplane
kubectl -n harbour create token gunner > letter
curl -sk -o /dev/null -H "Authorization: Bearer $(cat letter)" https://node01:10250/metrics
kubectl delete clusterrolebinding see-the-crew
#@ node01
systemctl restart kubelet
