# scene fails shut-inside (hidden-not-closed): a firewall hides the port from outside only
#@ outsider
curl -s http://node01:10255/pods > leak
#@ node01
iptables -A INPUT -p tcp -s 172.30.9.9 --dport 10255 -j REJECT
