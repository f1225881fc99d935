# scene fails stranger-refused (flag-syntax): a truth flag does not take its value after a space
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth false' > /etc/default/kubelet
systemctl restart kubelet
