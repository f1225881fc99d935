# scene fails holds-after-restart (flag-beats-file): a flag opens it at the next start
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods > reach
#@ controlplane
echo 7 > lost
#@ node01
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
iptables -A INPUT -p tcp --dport 10250 -j DROP
sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
echo 'KUBELET_EXTRA_ARGS=--healthz-bind-address=0.0.0.0' > /etc/default/kubelet
