# scene: the drop-in emptied of its flag instead of removed, the files edited in place
#@ node01
ps -ww -o args= -C kubelet | grep -o 'max-pods=[0-9]*' | tail -n 1 | cut -d= -f2 > papers
sed -i 's/ --event-qps=5//' /etc/systemd/system/kubelet.service.d/20-events.conf
sed -i 's/--max-pods=50//' /var/lib/kubelet/kubeadm-flags.env
sed -i 's/--max-pods=40 --read-only-port=10255//' /etc/default/kubelet
sed -i -e '/^maxPods/d' -e '$a maxPods: 70' -e '$a eventRecordQPS: 20' /var/lib/kubelet/config.yaml
systemctl daemon-reload && systemctl restart kubelet
#@ controlplane
kubectl -n kube-system get configmap kubelet-config -o yaml > papers.yaml
sed -i 's/^    memorySwap: {}/    maxPods: 70\n&/' papers.yaml
kubectl replace -f papers.yaml
#@ node02
kubeadm upgrade node
systemctl restart kubelet
