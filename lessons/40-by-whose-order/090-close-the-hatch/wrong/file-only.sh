# scene fails hatch-shut (flag-beats-file): the file says 0, and the flag still opens it
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'readOnlyPort: 0' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
