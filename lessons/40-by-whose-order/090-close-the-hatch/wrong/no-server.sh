# scene fails pilot-metrics (closed-instead-of-locked): enableServer: false shuts every hatch
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'enableServer: false' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
