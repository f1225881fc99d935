# scene: the paper signed by hand on the controlplane, then the rest by flags
#@ node01
openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate > expired
#@ controlplane
ssh node01 openssl genrsa -out /var/lib/kubelet/pki/new.key 2048
ssh node01 openssl req -new -key /var/lib/kubelet/pki/new.key -subj /O=system:nodes/CN=system:node:node01 > n.csr
openssl x509 -req -in n.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -days 365 -out n.crt
scp -q n.crt node01:/var/lib/kubelet/pki/new.crt
#@ node01
cat /var/lib/kubelet/pki/new.crt /var/lib/kubelet/pki/new.key > /var/lib/kubelet/pki/kubelet-client-new.pem
chmod 600 /var/lib/kubelet/pki/kubelet-client-new.pem
rm /var/lib/kubelet/pki/new.*
ln -sf /var/lib/kubelet/pki/kubelet-client-new.pem /var/lib/kubelet/pki/kubelet-client-current.pem
echo 'KUBELET_EXTRA_ARGS=--rotate-certificates --rotate-server-certificates' > /etc/default/kubelet
#@ node01
systemctl restart kubelet
#@ wait 4
#@ controlplane
kubectl certificate approve $(kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o jsonpath='{.items[*].metadata.name}')
#@ wait 8
