# scene fails reach-noted (silence-is-an-answer): without -k curl says nothing, and nothing is written down
#@ outsider
curl -s http://node01:10248/healthz > reach
curl -s https://node01:10250/pods >> reach
#@ node01
echo 'address: 127.0.0.1' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ controlplane
curl -sk https://node01:10250/pods; echo $? > lost
#@ node01
sed -i '/^address:/d' /var/lib/kubelet/config.yaml
sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT
iptables -A INPUT -p tcp --dport 10250 -j DROP
