# scene fails idle-ends (zero-is-off): 0s is left where it stands, as if it were the strictest
#@ node01
ps -C sleep --no-headers | wc -l > flood
printf 'vm.overcommit_memory = 1\nkernel.panic = 10\nkernel.panic_on_oops = 1\n' > /etc/sysctl.d/99-tuning.conf
sysctl --system
printf 'kubeReserved: {cpu: 100m, memory: 256Mi}\nsystemReserved: {cpu: 100m, memory: 256Mi}\n' >> /var/lib/kubelet/config.yaml
echo 'podPidsLimit: 100' >> /var/lib/kubelet/config.yaml
sed -i '/^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
echo 'protectKernelDefaults: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
