# scene fails stranger-refused (wrong-key): the flag's name is not a field of the file
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
echo 'anonymousAuth: false' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
