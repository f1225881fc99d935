# scene: metadata of everything, bodies of the reviews alone; found by grep
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: Metadata\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --secure-port|- --audit-log-path=/var/log/kubernetes/audit.log\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-maxage=7\n    &|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
bash night.sh
sleep 1
grep '"verb":"create","version":"v1","resource":"nodes","subresource":"proxy"' /var/log/kubernetes/audit.log | grep -o 'system:serviceaccount:harbour:[a-z]*' | sort -u > culprit
