# scene fails culprit-named (asker-is-caller): the node is taken for the caller
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: Metadata\n  resources:\n  - {group: "", resources: [nodes/proxy, pods/exec, pods/attach, pods/portforward, pods/log, secrets]}\n- level: None\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
bash night.sh
sleep 1
jq -r 'select(.requestObject.spec.resourceAttributes.subresource=="proxy") | .user.username' /var/log/kubernetes/audit.log > culprit
