# scene fails scraper-reads (proxy-for-all): nodes/proxy for metrics
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl delete clusterrolebinding scraper
kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/proxy
kubectl create clusterrolebinding scraper --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper
