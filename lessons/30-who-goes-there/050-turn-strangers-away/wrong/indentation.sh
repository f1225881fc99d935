# scene fails stranger-refused (wrong-indentation): a second anonymous at the left edge is an unknown key, ignored without a word
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
cat >> /var/lib/kubelet/config.yaml <<'EOF'
anonymous:
  enabled: false
EOF
systemctl restart kubelet
