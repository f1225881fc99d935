# scene fails scraper-reads (none-is-least): the scraper loses all
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl delete clusterrolebinding scraper
