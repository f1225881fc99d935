# scene fails pilot-served (ca-missing): without clientCAFile the kubelet asks nobody for a certificate, so the API server is a stranger too
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/; /x509:/,/clientCAFile:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
