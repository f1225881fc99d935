# scene fails stranger-refused (kubeconfig-versus-config): the setting is written into the kubeconfig, which only tells the kubelet how to reach the API server
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
cat >> /etc/kubernetes/kubelet.conf <<'EOF'
authentication:
  anonymous:
    enabled: false
EOF
systemctl restart kubelet
