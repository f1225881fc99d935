# scene: read first, then written by hand
#@ node01
ps -ef | grep '[k]ubelet'
cat > /root/watch <<'EOF'
captain reads --config=/var/lib/kubelet/config.yaml
hatches: *:10250 and 127.0.0.1:10248
ok
EOF
