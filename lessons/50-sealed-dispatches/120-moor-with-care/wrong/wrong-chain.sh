# scene fails stranger-out (wrong-chain): a rule for what leaves the machine does not stop what arrives
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods > reach
#@ controlplane
echo 7 > lost
#@ node01
sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
iptables -A OUTPUT -p tcp --dport 10250 -j DROP
