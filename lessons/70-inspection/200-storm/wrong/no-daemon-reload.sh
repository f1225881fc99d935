# hand-installed fails stranger-refused (forgot-daemon-reload): the unit is right, and systemd has the old one
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
sed -i 's|--healthz-bind-address=0.0.0.0|--anonymous-auth=false --authentication-token-webhook=true --authorization-mode=Webhook --read-only-port=0 --pod-max-pids=1024 --rotate-certificates=true --tls-min-version=VersionTLS13|; s|--event-qps=0|--event-qps=50|' /etc/systemd/system/kubelet.service
chown root:root /etc/systemd/system/kubelet.service
chmod 600 /etc/systemd/system/kubelet.service
systemctl restart kubelet
#@ controlplane
kubectl create clusterrole lookout --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -
