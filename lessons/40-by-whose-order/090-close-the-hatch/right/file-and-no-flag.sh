# scene: the file says 0, and the flag is gone
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'readOnlyPort: 0' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
