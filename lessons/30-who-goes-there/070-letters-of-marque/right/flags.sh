# scene: by flags; the account is made anew, and the ship's memory passes by itself
curl -sk -H 'Authorization: Bearer x.y.z' https://172.30.2.2:10250/pods > loot
#@ node01
echo 'KUBELET_EXTRA_ARGS=--authentication-token-webhook=true --anonymous-auth=false' > /etc/default/kubelet
systemctl restart kubelet
sleep 1
#@ controlplane
kubectl -n harbour create token gunner > letter
curl -sk -o /dev/null -H "Authorization: Bearer $(cat letter)" https://node01:10250/metrics
kubectl -n harbour delete serviceaccount gunner
kubectl -n harbour create serviceaccount gunner
#@ wait 125
