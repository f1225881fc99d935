# scene: clientCAFile names a clean file of its own, and the watchman has an elliptic key
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kubernetes-super-admin/O=system:masters
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -out f.crt
curl -sk --cert f.crt --key f.key https://172.30.2.2:10250/pods > loot
#@ node01
awk '/BEGIN/{n++} n==1' /etc/kubernetes/pki/ca.crt > /etc/kubernetes/pki/client-ca.crt
sed -i 's|clientCAFile: .*|clientCAFile: /etc/kubernetes/pki/client-ca.crt|' /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ controlplane
openssl ecparam -genkey -name prime256v1 -noout -out watchman.key
openssl req -new -key watchman.key -subj /CN=watchman -addext extendedKeyUsage=clientAuth -out w.csr
openssl x509 -req -in w.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -copy_extensions copy -out watchman.crt
#@ node01
printf '%s\n' 'unknown authority' 'incompatible key usage' 'has expired' > reasons
