# scene fails leak-taken (plain-http): 10255 is asked with TLS, and a silent curl leaves an empty file
#@ outsider
curl -sk https://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
systemctl restart kubelet
