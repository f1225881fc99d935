# scene fails pilot-logs (last-rule-decides): the harbour is let in by a rule that is never reached
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods > reach
#@ controlplane
echo 7 > lost
#@ node01
sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
iptables -A INPUT -p tcp --dport 10250 -j DROP
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
