# scene fails forged-refused (forgot-restart): the file with one CA is named, and the kubelet still reads the other
#@ outsider
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in f.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out f.crt
curl -sk --cert f.crt --key f.key https://node01:10250/pods -o loot
#@ node01
openssl x509 -in /etc/kubernetes/pki/ca.crt -out /etc/kubernetes/pki/client-ca.crt
sed -i 's|clientCAFile: .*|clientCAFile: /etc/kubernetes/pki/client-ca.crt|' /var/lib/kubelet/config.yaml
