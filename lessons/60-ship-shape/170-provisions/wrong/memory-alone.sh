# scene fails kept-back (memory-alone): memory is kept back, and processor time is not
#@ node01
ps -C sleep --no-headers | wc -l > flood
printf 'vm.overcommit_memory = 1\nkernel.panic = 10\nkernel.panic_on_oops = 1\n' > /etc/sysctl.d/99-tuning.conf
sysctl --system
printf 'kubeReserved: {memory: 256Mi}\nsystemReserved: {memory: 256Mi}\n' >> /var/lib/kubelet/config.yaml
echo 'podPidsLimit: 100' >> /var/lib/kubelet/config.yaml
sed -i 's/streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5m/' /var/lib/kubelet/config.yaml
sed -i '/^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
echo 'protectKernelDefaults: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
