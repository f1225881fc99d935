# scene fails stranger-refused (wrong-file): a new file with the right lines that nothing reads
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
mkdir -p /etc/kubernetes/kubelet
cat > /etc/kubernetes/kubelet/kubelet-config.yaml <<'EOF'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
EOF
systemctl restart kubelet
