# scene fails ship-healthy (kubelet-reads-rbac): RBAC is a mode of the API server
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/mode: AlwaysAllow/mode: RBAC/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
