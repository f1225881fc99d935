# scene fails loot-taken (attack-skipped): the defence first
kubectl cordon node02
kubectl apply -f shop.yaml
#@ wait 3
kubectl uncordon node02
kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -
curl -sk -m 3 --http1.1 -N -o loot -H "Authorization: Bearer $(kubectl -n monitoring create token lookout)" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1'
