# scene: the flag set to 0
#@ outsider
curl -s http://172.30.2.2:10255/pods -o leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=--read-only-port=0' > /etc/default/kubelet
systemctl restart kubelet
