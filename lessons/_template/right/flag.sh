# scene: by a flag in the environment file, which beats the file
#@ outsider
curl -sk https://node01:10250/pods > pods.json
#@ node01
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=false' > /etc/default/kubelet
systemctl restart kubelet
