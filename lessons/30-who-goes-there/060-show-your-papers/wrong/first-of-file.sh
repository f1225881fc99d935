# scene fails forged-refused (one-ca-a-file): openssl x509 shows the first certificate of the file, so the second is never seen
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -subject
systemctl restart kubelet
