# scene fails loot-taken (attack-skipped): locked before anybody looked at what was open
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 600 /etc/kubernetes/kubelet.conf
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
chmod 644 /etc/kubernetes/pki/ca.crt
chmod 600 /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
chmod 755 /etc/kubernetes/manifests
