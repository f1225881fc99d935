# scene fails token-refused (wrong-key): the name of the flag, as a field
curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot
#@ node01
echo 'authenticationTokenWebhook: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
