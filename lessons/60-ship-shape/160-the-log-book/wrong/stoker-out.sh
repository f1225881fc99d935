# scene fails calls-written (none-is-least): to be safe everybody loses his right, the stoker too
bash night.sh
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\n- level: Metadata\n  resources:\n  - {group: "", resources: [nodes/proxy, pods/exec, pods/attach, pods/portforward, pods/log, secrets]}\n- level: None\n' > /etc/kubernetes/audit/policy.yaml
sed -i 's|- --authorization-mode=.*|&\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit.log|' /etc/kubernetes/manifests/kube-apiserver.yaml
#@ wait 12
kubectl delete clusterrolebinding scrape
