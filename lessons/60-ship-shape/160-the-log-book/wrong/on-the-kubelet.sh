# scene fails ship-healthy (kubelet-audits): the flags of the API server, given to the kubelet
bash night.sh
#@ node01
echo 'KUBELET_EXTRA_ARGS=--audit-log-path=/var/log/audit.log' > /etc/default/kubelet
systemctl restart kubelet
