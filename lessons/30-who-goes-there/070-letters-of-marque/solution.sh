# scene: by file; the account of the stolen letter goes
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
sleep 1
#@ controlplane
kubectl -n harbour create token gunner > letter
curl -sk -o /dev/null -H "Authorization: Bearer $(cat letter)" https://node01:10250/metrics
kubectl -n harbour delete serviceaccount gunner
#@ node01
systemctl restart kubelet
