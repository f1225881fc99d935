# scene fails label-refused, label-gone (harbour-down): a plugin of another name keeps the API server from starting
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
kubectl label node node01 node-restriction.kubernetes.io/vault-
sed -i 's/- --authorization-mode=Node,RBAC/&\n    - --enable-admission-plugins=NodeRestrict/' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
