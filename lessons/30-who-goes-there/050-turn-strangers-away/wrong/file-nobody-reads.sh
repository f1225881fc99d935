# hand-installed fails stranger-refused (wrong-file): a configuration file without --config in the command is never opened
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
cat > /var/lib/kubelet/config.yaml <<'EOF'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
EOF
systemctl restart kubelet
