# scene: by flags in the environment file, which beat everything
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=false --authentication-token-webhook=true --authorization-mode=Webhook --read-only-port=0 --pod-max-pids=512 --event-qps=20 --rotate-certificates=true --tls-min-version=VersionTLS13' > /etc/default/kubelet
systemctl restart kubelet
iptables -A INPUT -p tcp --dport 10248 ! -i lo -j DROP
#@ controlplane
kubectl create clusterrole lookout --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -
#@ wait 3
