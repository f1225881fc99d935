# scene: files laid anew with install, everything 400
#@ node01
sudo -u cook curl -sk --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://172.30.1.2:6443/api/v1/nodes/node01 -o /home/cook/loot
cp /var/lib/kubelet/config.yaml /root/config.yaml
install -o root -g root -m 400 /root/config.yaml /var/lib/kubelet/config.yaml
chmod 400 /etc/kubernetes/kubelet.conf /etc/kubernetes/pki/ca.crt
chmod 400 $(readlink -f /var/lib/kubelet/pki/kubelet-client-current.pem)
find /usr/lib/systemd/system/kubelet.service* -type f -exec chmod 400 {} +
chmod o-w,g-w /etc/kubernetes/manifests
