# scene fails stranger-refused (flag-syntax): a flag takes its value after an equals sign
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth:false' > /etc/default/kubelet
systemctl restart kubelet
