# scene fails kept-back (one-reservation): the kubelet’s share is kept back, the system’s is not
#@ node01
ps -C sleep --no-headers | wc -l > flood
printf 'vm.overcommit_memory = 1\nkernel.panic = 10\nkernel.panic_on_oops = 1\n' > /etc/sysctl.d/99-tuning.conf
sysctl --system
printf 'kubeReserved: {cpu: 200m, memory: 256Mi}\n' >> /var/lib/kubelet/config.yaml
echo 'podPidsLimit: 100' >> /var/lib/kubelet/config.yaml
sed -i 's/streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5m/' /var/lib/kubelet/config.yaml
sed -i '/^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
echo 'protectKernelDefaults: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
