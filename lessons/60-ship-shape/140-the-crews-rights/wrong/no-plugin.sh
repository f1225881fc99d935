# scene fails label-refused (authorizer-sees-all): the authorizer is thought to look into the object
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl label node node01 node-restriction.kubernetes.io/vault-
kubectl delete clusterrolebinding scraper
kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics
kubectl create clusterrolebinding scraper --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper
