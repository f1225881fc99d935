# scene fails metrics-served (object-for-subresource): the object instead of its subresource
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/mode: AlwaysAllow/mode: Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ controlplane
kubectl create clusterrole scrape-kubelets --verb=get,list --resource=nodes
kubectl create clusterrolebinding scrape-kubelets --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper
kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -
