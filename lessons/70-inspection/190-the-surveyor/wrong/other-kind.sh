# scene fails paper-noted (fail-on-paper): the line that failed without a fault is taken for one that passed without merit
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
printf '4.2.1\n4.2.4\n4.2.13\n' > paper
