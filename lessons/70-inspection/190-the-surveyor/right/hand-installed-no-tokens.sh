# hand-installed: by flags, and tokens are not looked at, so that their bearers are strangers
kube-bench run --targets node --benchmark cis-1.12 > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
sed -i 's|--pod-max-pids=-1 .*|--pod-max-pids=1024 --rotate-certificates=true --anonymous-auth=false --authorization-mode=Webhook --read-only-port=0 \\|' /etc/systemd/system/kubelet.service
chmod 600 /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl restart kubelet
printf '4.2.4\n4.2.10\n4.2.13\n' > paper
