# scene fails node-ready (restart-renews): started again and again, with the same old paper
#@ node01
openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate > expired
systemctl restart kubelet
systemctl restart kubelet
