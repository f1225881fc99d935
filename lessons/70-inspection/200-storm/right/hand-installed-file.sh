# hand-installed: a configuration file, and a unit that names it
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
cat > /var/lib/kubelet/config.yaml <<'EOF'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
podPidsLimit: 1024
rotateCertificates: true
tlsMinVersion: VersionTLS13
EOF
chmod 600 /var/lib/kubelet/config.yaml
sed -i 's|--healthz-bind-address=0.0.0.0|--config=/var/lib/kubelet/config.yaml|; /--event-qps/d' /etc/systemd/system/kubelet.service
chown root:root /etc/systemd/system/kubelet.service
chmod 600 /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
#@ controlplane
kubectl create clusterrole lookout --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -
#@ wait 3
