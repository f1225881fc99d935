# scene fails ship-healthy, no-pods-flag (config-stops-kubelet): a number in quotes is a string, and the kubelet does not start
#@ node01
echo 40 > papers
sed -i "s/maxPods: 60/maxPods: 70/" /var/lib/kubelet/config.yaml
echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'eventRecordQPS: "20"' >> /var/lib/kubelet/config.yaml
rm /etc/systemd/system/kubelet.service.d/20-events.conf
systemctl daemon-reload
systemctl restart kubelet
