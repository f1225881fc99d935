# scene fails loot-taken (attack-skipped): the defence first
kubectl label namespace cargo pod-security.kubernetes.io/enforce=restricted
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
