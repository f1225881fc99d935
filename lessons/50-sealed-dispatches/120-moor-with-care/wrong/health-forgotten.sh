# scene fails health-hidden (one-port): 10250 is behind the wall, 10248 is in front of it
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods > reach
#@ controlplane
echo 7 > lost
#@ node01
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
iptables -A INPUT -p tcp --dport 10250 -j DROP
systemctl restart kubelet
