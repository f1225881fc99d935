# scene fails loot-taken (attack-skipped): one CA is left before the forged paper is tried
#@ outsider
openssl req -new -newkey rsa:2048 -nodes -keyout forged.key -out forged.csr -subj /CN=kube-apiserver-kubelet-client
openssl x509 -req -in forged.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out forged.crt
#@ node01
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
#@ outsider
curl -sk --cert forged.crt --key forged.key https://node01:10250/pods
#@ controlplane
openssl genrsa -out watchman.key 2048
openssl req -new -key watchman.key -subj /O=monitoring/CN=watchman -out watchman.csr
echo extendedKeyUsage=clientAuth > client.ext
openssl x509 -req -in watchman.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -days 90 -extfile client.ext -out watchman.crt
openssl x509 -req -in watchman.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -not_before 20260101000000Z -not_after 20260201000000Z -out late.crt
curl -sk --cert late.crt --key watchman.key https://node01:10250/pods
curl -sk --cert /etc/kubernetes/pki/apiserver.crt --key /etc/kubernetes/pki/apiserver.key https://node01:10250/pods
#@ node01
journalctl -u kubelet --no-pager | grep -o 'x509: .*' > reasons
