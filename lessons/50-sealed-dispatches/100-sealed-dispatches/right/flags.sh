# scene: an elliptic key, flags for everything, TLS 1.3 alone
#@ controlplane
curl -sk https://node01.fleet:10250/pods -o bait
#@ node01
openssl ecparam -name prime256v1 -genkey -noout -out /etc/kubernetes/pki/serving.key
openssl req -new -key /etc/kubernetes/pki/serving.key -subj /CN=node01 -addext subjectAltName=DNS:node01,IP:172.30.2.2 -out node01.csr
#@ controlplane
scp node01:node01.csr .
openssl x509 -req -in node01.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -copy_extensions copy -days 90 -out node01.crt
scp node01.crt node01:/etc/kubernetes/pki/serving.crt
#@ node01
echo 'KUBELET_EXTRA_ARGS=--tls-cert-file=/etc/kubernetes/pki/serving.crt --tls-private-key-file=/etc/kubernetes/pki/serving.key --tls-min-version=VersionTLS13' > /etc/default/kubelet
systemctl restart kubelet
