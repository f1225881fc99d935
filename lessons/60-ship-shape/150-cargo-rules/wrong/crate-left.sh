# scene fails crate-gone (rules-look-back): the rule is thought to end what runs
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl label namespace cargo pod-security.kubernetes.io/enforce=restricted
