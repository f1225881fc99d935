# scene fails calls-written (metadata-tells-all): the question is written down without its body
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
