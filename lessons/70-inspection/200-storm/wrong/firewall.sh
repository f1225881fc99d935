# scene fails pilot-logs (closed-instead-of-locked): one rule keeps everybody out
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
iptables -A INPUT -p tcp --dport 10250 ! -i lo -j DROP
