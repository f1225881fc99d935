# scene: the harbour signs what the kubelet asks for, after somebody approved it
#@ controlplane
curl -k https://node01.fleet:10250/pods > bait
#@ node01
cat >> /var/lib/kubelet/config.yaml <<'EOF'
serverTLSBootstrap: true
tlsMinVersion: VersionTLS12
tlsCipherSuites:
- TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
- TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
- TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305
EOF
systemctl restart kubelet
#@ wait 4
#@ controlplane
kubectl get csr
kubectl certificate approve $(kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o jsonpath='{.items[*].metadata.name}')
#@ wait 8
