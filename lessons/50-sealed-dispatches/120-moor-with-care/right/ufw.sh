# scene: ufw for the wall, and a flag for the health probe
#@ outsider
curl -sk -w '\n%{http_code}\n' https://172.30.2.2:10250/healthz > reach
#@ controlplane
echo 7 > lost
#@ node01
ufw allow 22/tcp
ufw allow from 172.30.1.2 to any port 10250 proto tcp
ufw --force enable
echo 'KUBELET_EXTRA_ARGS=--healthz-bind-address=127.0.0.1' > /etc/default/kubelet
systemctl restart kubelet
