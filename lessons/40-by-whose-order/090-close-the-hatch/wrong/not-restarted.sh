# scene fails hatch-shut (forgot-restart): the flag is taken out, the kubelet still runs with it
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
