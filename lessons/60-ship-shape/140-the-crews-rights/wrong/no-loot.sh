# scene fails loot-taken (attack-skipped): the defence first
#@ controlplane
kubectl delete clusterrolebinding nodes-of-old
#@ node01
kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot
