# scene fails no-tokens (more-is-better): every body, tokens among them
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: RequestResponse\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
