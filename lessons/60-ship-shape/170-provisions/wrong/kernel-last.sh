# scene fails ship-healthy (protect-sets): the kubelet is told to protect what is not as it wants it
#@ node01
ps -C sleep --no-headers | wc -l > flood
sysctl --system
printf 'kubeReserved: {cpu: 100m, memory: 256Mi}\nsystemReserved: {cpu: 100m, memory: 256Mi}\n' >> /var/lib/kubelet/config.yaml
echo 'podPidsLimit: 100' >> /var/lib/kubelet/config.yaml
sed -i 's/streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5m/' /var/lib/kubelet/config.yaml
sed -i '/^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
echo 'protectKernelDefaults: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
