# scene fails fleet-told (hand-on-every-ship): node02 is right, and the next node that joins is not
#@ node01
echo 40 > papers
sed -i 's/maxPods: 60/maxPods: 70/' /var/lib/kubelet/config.yaml
echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'eventRecordQPS: 20' >> /var/lib/kubelet/config.yaml
rm /etc/systemd/system/kubelet.service.d/20-events.conf
systemctl daemon-reload
systemctl restart kubelet
#@ node02
sed -i 's/^memorySwap: {}/maxPods: 70\n&/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
