# scene fails pilot-logs (ca-missing): clientCAFile names a file that does not exist, so the kubelet stops
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/; s|clientCAFile: .*|clientCAFile: /etc/kubernetes/pki/client-ca.crt|' /var/lib/kubelet/config.yaml
systemctl restart kubelet
