# scene fails privileged-refused (warning-refuses): warn and audit, and nothing that refuses
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl label namespace cargo pod-security.kubernetes.io/warn=restricted pod-security.kubernetes.io/audit=restricted
kubectl -n cargo delete pod crate
