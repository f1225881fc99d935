# scene fails holds-after-restart (flag-beats-file): a flag waits for the next start
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
sleep 1
echo 'KUBELET_EXTRA_ARGS=--authentication-token-webhook=false' > /etc/default/kubelet
