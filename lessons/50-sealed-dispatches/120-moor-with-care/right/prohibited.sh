# scene: by a rule that says no, for both ports
#@ outsider
curl -s http://node01:10248/healthz > reach
curl -sk -o /dev/null -w '\n%{http_code}\n' https://node01:10250/pods >> reach
#@ node01
echo 'address: 127.0.0.1' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ controlplane
curl -sk https://node01:10250/pods; echo $? > lost
#@ node01
sed -i '/^address:/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
iptables -A INPUT -p tcp --dport 10250 -j REJECT --reject-with icmp-host-prohibited
iptables -A INPUT -p tcp --dport 10248 ! -i lo -j REJECT --reject-with icmp-host-prohibited
