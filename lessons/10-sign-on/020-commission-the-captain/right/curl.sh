# scene: with curl, into /usr/bin, the papers made on the controlplane, enabled and started in two steps
#@ node01
curl -sLO http://depot/mirror/kubelet
curl -sLO http://depot/release/v1.36.2/bin/linux/amd64/kubelet.sha256
sha256sum -c <<< "$(<kubelet.sha256)  kubelet" &> verdict
curl -sL -o /usr/bin/kubelet http://depot/release/v1.36.2/bin/linux/amd64/kubelet
chmod 0755 /usr/bin/kubelet
#@ controlplane
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout n.key -out n.csr -subj /O=system:nodes/CN=system:node:node01
openssl x509 -req -in n.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -out n.crt
cp /etc/kubernetes/admin.conf n.conf
kubectl --kubeconfig n.conf config set-credentials n --client-certificate=n.crt --client-key=n.key --embed-certs
kubectl --kubeconfig n.conf config set-context --current --user=n
kubectl --kubeconfig n.conf config delete-user kubernetes-admin
scp -q n.conf node01:/etc/kubernetes/kubelet.conf
ssh node01 mkdir -p /etc/kubernetes/pki /var/lib/kubelet
scp -q /etc/kubernetes/pki/ca.crt node01:/etc/kubernetes/pki/
#@ node01
cat > /var/lib/kubelet/config.yaml <<'EOF'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
staticPodPath: /etc/kubernetes/manifests
EOF
cat > /etc/systemd/system/kubelet.service <<'EOF'
[Unit]
Description=kubelet
After=containerd.service

[Service]
ExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf
Restart=always

[Install]
WantedBy=multi-user.target
EOF
systemctl enable kubelet
systemctl start kubelet
#@ wait 4
#@ controlplane
kubeadm token create --print-join-command | ssh node02 tee join
#@ node02
sh join
#@ wait 12
