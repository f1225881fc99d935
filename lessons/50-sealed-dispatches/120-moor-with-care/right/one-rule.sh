# scene: one rule for all but the harbour, and the key taken out so that its default holds
#@ outsider
curl -sk -o /dev/null -w '%{http_code}\n' https://node01:10250/pods | tee reach
#@ controlplane
echo 7 > lost
#@ node01
iptables -I INPUT -p tcp --dport 10250 ! -s 172.30.1.2 -j REJECT
sed -i '/healthzBindAddress/d' /var/lib/kubelet/config.yaml
systemctl restart kubelet
