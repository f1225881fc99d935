# scene fails shut-inside (hidden-not-closed): a packet filter in front of an open port
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
iptables -A INPUT -p tcp --dport 10255 ! -i lo -j REJECT --reject-with tcp-reset
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
