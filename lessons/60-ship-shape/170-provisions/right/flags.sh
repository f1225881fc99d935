# scene: by flags where there are some, the tuning gone, and a file of its own for the kernel
#@ node01
pgrep -c -x sleep > flood
rm /etc/sysctl.d/99-tuning.conf
cat > /etc/sysctl.d/90-kubelet.conf <<'EOF'
vm.overcommit_memory=1
kernel.panic=10
kernel.panic_on_oops=1
EOF
sysctl -p /etc/sysctl.d/90-kubelet.conf
echo 'KUBELET_EXTRA_ARGS=--pod-max-pids=100 --streaming-connection-idle-timeout=5m --event-qps=20 --protect-kernel-defaults --kube-reserved=cpu=100m,memory=256Mi --system-reserved=cpu=200m,memory=512Mi' > /etc/default/kubelet
echo 'seccompDefault: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
