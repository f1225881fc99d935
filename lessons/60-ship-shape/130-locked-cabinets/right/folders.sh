# scene: whole folders shut, and symbolic modes
#@ node01
sudo -u cook curl -sk --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://172.30.1.2:6443/api/v1/nodes/node01 -o /home/cook/loot
chmod 700 /var/lib/kubelet /etc/kubernetes/manifests
chown -R root:root /var/lib/kubelet/config.yaml /etc/kubernetes
chmod go= /etc/kubernetes/kubelet.conf /var/lib/kubelet/config.yaml
chmod a=r,u+w /etc/kubernetes/pki/ca.crt
chmod -R go-rwx /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d
systemctl daemon-reload
