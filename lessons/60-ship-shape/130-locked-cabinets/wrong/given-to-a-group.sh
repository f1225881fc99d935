# scene fails kubeconfig-locked, ca-locked (mode-is-enough): tight modes, and a group that is not root’s
#@ node01
sudo -u cook curl -sk --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://172.30.1.2:6443/api/v1/nodes/node01 -o /home/cook/loot
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 600 /etc/kubernetes/kubelet.conf
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
chmod 644 /etc/kubernetes/pki/ca.crt
chmod 600 /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
chmod 755 /etc/kubernetes/manifests
chgrp users /etc/kubernetes/kubelet.conf /etc/kubernetes/pki/ca.crt
