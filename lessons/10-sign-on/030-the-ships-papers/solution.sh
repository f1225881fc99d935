# scene: two settings brought home
#@ node01
echo 40 > papers
sed -i 's/maxPods: 60/maxPods: 70/' /var/lib/kubelet/config.yaml
echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
echo 'eventRecordQPS: 20' >> /var/lib/kubelet/config.yaml
rm /etc/systemd/system/kubelet.service.d/20-events.conf
systemctl daemon-reload
systemctl restart kubelet
#@ controlplane
kubectl -n kube-system get configmap kubelet-config -o yaml | sed 's/^    memorySwap: {}/    maxPods: 70\n&/' | kubectl replace -f -
#@ node02
kubeadm upgrade node phase kubelet-config
systemctl restart kubelet
