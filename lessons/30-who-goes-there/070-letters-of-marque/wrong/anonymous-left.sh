# scene fails stranger-refused (checked-is-required): letters are read, and nobody has to show one
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}' /var/lib/kubelet/config.yaml
systemctl restart kubelet
