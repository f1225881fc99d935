# scene fails exec-written (first-rule-decides): a rule that drops the rest stands first
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: None\n  resources: [{group: ""}]\n- level: Metadata\n  resources: [{group: "", resources: [pods/exec]}]\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
