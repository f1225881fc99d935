# scene fails scraper-refused (wrong-indentation): the mode is written under authentication, as old notes have it
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/^authentication:/authentication:\n  mode: Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
