# scene: the subject is taken out of the binding, and the ready-made role for monitoring is used
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/vault=true
#@ controlplane
kubectl patch clusterrolebinding nodes-of-old --type=json -p '[{"op":"remove","path":"/subjects"}]'
kubectl delete clusterrolebinding scraper
kubectl create clusterrolebinding scraper --clusterrole=system:monitoring --serviceaccount=monitoring:scraper
kubectl patch node node01 --type=merge -p '{"metadata":{"labels":{"node-restriction.kubernetes.io/vault":null}}}'
sed -i 's/--authorization-mode=Node,RBAC/--enable-admission-plugins=NodeRestriction\n    - &/' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
