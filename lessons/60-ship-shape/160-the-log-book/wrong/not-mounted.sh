# scene fails exec-written (harbour-down): the policy lies where the API server cannot see it
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: Metadata\n  resources:\n  - {group: "", resources: [nodes/proxy, pods/exec, pods/attach, pods/portforward, pods/log, secrets]}\n- level: None\n' > /etc/kubernetes/audit/policy.yaml
mv /etc/kubernetes/audit/policy.yaml /root/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/root/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
