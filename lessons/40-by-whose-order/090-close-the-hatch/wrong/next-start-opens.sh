# scene fails stays-shut (flag-beats-file): shut now, and the flag is back for the next start
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'readOnlyPort: 0' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
echo 'KUBELET_EXTRA_ARGS=--read-only-port=10255' > /etc/default/kubelet
