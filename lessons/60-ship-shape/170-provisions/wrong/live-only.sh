# scene fails after-reboot (live-only): the kernel is set now, and not for the next boot
#@ node01
ps -C sleep --no-headers | wc -l > flood
sysctl -w vm.overcommit_memory=1 kernel.panic=10 kernel.panic_on_oops=1
printf 'kubeReserved: {cpu: 100m, memory: 256Mi}\nsystemReserved: {cpu: 100m, memory: 256Mi}\n' >> /var/lib/kubelet/config.yaml
echo 'podPidsLimit: 100' >> /var/lib/kubelet/config.yaml
sed -i 's/streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5m/' /var/lib/kubelet/config.yaml
sed -i '/^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
echo 'protectKernelDefaults: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
