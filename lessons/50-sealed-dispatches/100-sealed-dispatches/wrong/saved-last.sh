# scene fails ship-healthy (suite-names): saved after the restart, and never tried
#@ controlplane
curl -sk https://node01.fleet:10250/pods -o bait
ssh node01 openssl genrsa -out /var/lib/kubelet/pki/serving.key 2048
ssh node01 openssl req -new -key /var/lib/kubelet/pki/serving.key -subj /O=system:nodes/CN=system:node:node01 > node01.csr
printf 'subjectAltName=DNS:node01,IP:172.30.2.2\nextendedKeyUsage=serverAuth\n' > node01.ext
openssl x509 -req -in node01.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -days 365 -extfile node01.ext -out node01.crt
scp node01.crt node01:/var/lib/kubelet/pki/serving.crt
#@ node01
printf 'tlsCertFile: /var/lib/kubelet/pki/serving.crt\ntlsPrivateKeyFile: /var/lib/kubelet/pki/serving.key\n' >> /var/lib/kubelet/config.yaml
echo 'tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
echo 'tlsMinVersion: "1.3"' >> /var/lib/kubelet/config.yaml
