# scene fails pilot-logs (two-chains): the CA’s certificate is named as the server’s, with a key that is not there
#@ controlplane
curl -sk https://node01.fleet:10250/pods -o bait
#@ node01
printf 'tlsCertFile: /etc/kubernetes/pki/ca.crt\ntlsPrivateKeyFile: /etc/kubernetes/pki/ca.key\n' >> /var/lib/kubelet/config.yaml
echo 'tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
