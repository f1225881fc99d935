# scene fails watchman-known (usage-ignored): the certificate is made for servers
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
#@ controlplane
openssl ecparam -genkey -name prime256v1 -noout -out watchman.key
openssl req -new -key watchman.key -subj /CN=watchman -out w.csr
echo extendedKeyUsage=serverAuth > server.ext
openssl x509 -req -in w.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -extfile server.ext -out watchman.crt
