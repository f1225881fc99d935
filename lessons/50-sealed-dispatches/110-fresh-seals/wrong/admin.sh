# scene fails seal-fresh (borrowed-papers): the administrator’s kubeconfig gets the node going
#@ node01
openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate > expired
#@ controlplane
scp -q /etc/kubernetes/admin.conf node01:/etc/kubernetes/kubelet.conf
#@ node01
sed -i 's/rotateCertificates: false/rotateCertificates: true/' /var/lib/kubelet/config.yaml
#@ node01
systemctl restart kubelet
#@ wait 4
