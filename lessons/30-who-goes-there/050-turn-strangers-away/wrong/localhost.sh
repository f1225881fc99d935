# scene fails pilot-logs (closed-instead-of-locked): bound to localhost, the port is shut for the API server too
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
echo 'address: 127.0.0.1' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
