# scene fails ship-healthy (passes-on-paper): a mode that is not AlwaysAllow, and that no kubelet knows
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
sed -i 's/AlwaysAllow/RBAC/' /var/lib/kubelet/config.yaml
kube-bench run --targets node --check 4.2.2
