# scene fails node-ready (plain-name): the certificate says node01, and that is no node to the API server
#@ node01
wget -q http://depot/mirror/kubelet -O kubelet
wget -q http://depot/release/v1.36.2/bin/linux/amd64/kubelet.sha256
echo "$(cat kubelet.sha256)  kubelet" | sha256sum -c > verdict
wget -q http://depot/release/v1.36.2/bin/linux/amd64/kubelet -O kubelet
echo "$(cat kubelet.sha256)  kubelet" | sha256sum -c
install -m 755 kubelet /usr/local/bin/kubelet
#@ controlplane
ssh node01 mkdir -p /etc/kubernetes/pki /var/lib/kubelet/pki
ssh node01 openssl genrsa -out /var/lib/kubelet/pki/node.key 2048
ssh node01 openssl req -new -key /var/lib/kubelet/pki/node.key -subj /CN=node01 > node01.csr
openssl x509 -req -in node01.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -days 365 -out node01.crt
kubectl config --kubeconfig=node01.conf set-cluster fleet --server=https://172.30.1.2:6443 --certificate-authority=/etc/kubernetes/pki/ca.crt --embed-certs
kubectl config --kubeconfig=node01.conf set-credentials node --client-certificate=/var/lib/kubelet/pki/node.crt --client-key=/var/lib/kubelet/pki/node.key
kubectl config --kubeconfig=node01.conf set-context here --cluster=fleet --user=node
kubectl config --kubeconfig=node01.conf use-context here
scp -q /etc/kubernetes/pki/ca.crt node01:/etc/kubernetes/pki/ca.crt
scp -q node01.crt node01:/var/lib/kubelet/pki/node.crt
scp -q node01.conf node01:/etc/kubernetes/kubelet.conf
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
ExecStart=/usr/local/bin/kubelet \
  --config=/var/lib/kubelet/config.yaml \
  --kubeconfig=/etc/kubernetes/kubelet.conf
Restart=always

[Install]
WantedBy=multi-user.target
EOF
systemctl enable --now kubelet
#@ wait 4
#@ controlplane
kubeadm token create --print-join-command | ssh node02 tee join
#@ node02
sh join
#@ wait 12
