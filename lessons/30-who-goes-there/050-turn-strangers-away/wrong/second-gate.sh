# scene fails stranger-refused, holds-after-restart (401-or-403): the second gate is shut, and the first still gives strangers a name
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
sed -i 's/mode: AlwaysAllow/mode: Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
