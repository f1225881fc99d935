# scene fails pilot-logs (ca-missing): tokens instead of certificates
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
sed -i '/x509:/,/clientCAFile:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
