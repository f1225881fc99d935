# scene fails events-in-force, papers-kept (wrong-key): the field is named like the flag, and ignored
#@ node01
echo 40 > papers
sed -i "s/maxPods: 60/maxPods: 70/" /var/lib/kubelet/config.yaml
echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'eventQps: 20' >> /var/lib/kubelet/config.yaml
rm /etc/systemd/system/kubelet.service.d/20-events.conf
systemctl daemon-reload
systemctl restart kubelet
