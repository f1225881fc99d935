# scene fails secret-refused (rbac-limits): a role from old notes that is meant to limit the kubelet
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl create clusterrole kubelet-restricted --verb=get,list --resource=pods,nodes
kubectl create clusterrolebinding kubelet-restricted --clusterrole=kubelet-restricted --group=system:nodes
