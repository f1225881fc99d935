# scene: by a drop-in for the unit that sets the flag
#@ outsider
curl -sk https://node01:10250/pods -o ~/pods.json
#@ node01
mkdir -p /etc/systemd/system/kubelet.service.d
cat > /etc/systemd/system/kubelet.service.d/90-strangers.conf <<'EOF'
[Service]
Environment="KUBELET_KUBEADM_ARGS=--anonymous-auth=false"
EOF
sed -i '/KUBELET_KUBEADM_ARGS/d' /var/lib/kubelet/kubeadm-flags.env
systemctl daemon-reload
systemctl restart kubelet
