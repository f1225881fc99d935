# scene fails token-refused (token-ignored): a time to remember letters is set, and nobody reads them
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i 's/^    cacheTTL: 0s/    cacheTTL: 2m/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
