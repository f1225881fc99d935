# scene fails token-gone (token-is-spent): the bootstrap paper stays where it was used
#@ node01
openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate > expired
#@ controlplane
kubectl config --kubeconfig=boot.conf set-cluster fleet --server=https://172.30.1.2:6443 --certificate-authority=/etc/kubernetes/pki/ca.crt --embed-certs
kubectl config --kubeconfig=boot.conf set-credentials boot --token=$(kubeadm token create --ttl 1h)
kubectl config --kubeconfig=boot.conf set-context here --cluster=fleet --user=boot
kubectl config --kubeconfig=boot.conf use-context here
scp -q boot.conf node01:/etc/kubernetes/bootstrap-kubelet.conf
ssh node01 systemctl restart kubelet
#@ wait 8
#@ node01
sed -i 's/rotateCertificates: false/rotateCertificates: true/' /var/lib/kubelet/config.yaml
#@ node01
echo 'serverTLSBootstrap: true' >> /var/lib/kubelet/config.yaml
#@ node01
systemctl restart kubelet
#@ wait 4
#@ controlplane
kubectl certificate approve $(kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o jsonpath='{.items[*].metadata.name}')
#@ wait 8
