# scene fails no-secrets (more-is-better): the answers about secrets as well
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: RequestResponse\n  resources: [{group: "", resources: [secrets, pods/exec]}]\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
kubectl -n harbour get secret treasure -o name
