# scene fails ship-healthy (health-turned-off): the health probe is turned off, and not moved
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods > reach
#@ controlplane
echo 7 > lost
#@ node01
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
iptables -A INPUT -p tcp --dport 10250 -j DROP
sed -i 's/healthzPort: .*/healthzPort: 0/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
