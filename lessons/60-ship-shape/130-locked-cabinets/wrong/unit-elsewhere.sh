# scene fails unit-locked (unit-elsewhere): the drop-in is locked where notes have it, and not where it is
#@ node01
sudo -u cook curl -sk --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://172.30.1.2:6443/api/v1/nodes/node01 -o /home/cook/loot
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 600 /etc/kubernetes/kubelet.conf
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
chmod 644 /etc/kubernetes/pki/ca.crt
chmod 755 /etc/kubernetes/manifests
mkdir -p /etc/systemd/system/kubelet.service.d
touch /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
chmod 600 /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
