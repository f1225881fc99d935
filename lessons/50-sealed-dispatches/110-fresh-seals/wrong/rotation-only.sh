# scene fails node-ready (rotation-revives): rotation is turned on, a day too late
#@ node01
openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate > expired
#@ node01
sed -i 's/rotateCertificates: false/rotateCertificates: true/' /var/lib/kubelet/config.yaml
#@ node01
systemctl restart kubelet
#@ wait 4
