# scene fails ship-healthy (stopped-instead-of-locked): nobody is let in, for nobody is there
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
systemctl stop kubelet
