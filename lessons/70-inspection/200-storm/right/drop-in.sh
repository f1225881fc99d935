# scene: by a drop-in of a configuration folder, over a file that stays as it was
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
mkdir -p /etc/kubernetes/kubelet.conf.d
cat > /etc/kubernetes/kubelet.conf.d/50-storm.conf <<'EOF'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
authorization:
  mode: Webhook
readOnlyPort: 0
healthzBindAddress: 127.0.0.1
podPidsLimit: 2048
eventRecordQPS: 50
rotateCertificates: true
tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
EOF
echo 'KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d' > /etc/default/kubelet
systemctl restart kubelet
#@ controlplane
kubectl patch clusterrole lookout --type=json -p '[{"op":"replace","path":"/rules/0","value":{"apiGroups":[""],"resources":["nodes/metrics"],"verbs":["get"]}}]'
#@ wait 3
