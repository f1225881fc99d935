# scene fails calls-written (policy-without-flags): a policy that nobody was told of
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: Metadata\n  resources:\n  - {group: "", resources: [nodes/proxy, pods/exec, pods/attach, pods/portforward, pods/log, secrets]}\n- level: None\n' > /etc/kubernetes/audit/policy.yaml
#@ wait 12
