# scene: all by flags, which hide the file and the folder, and which the surveyor reads first
kube-bench run --targets node > report
#@ outsider
curl -s http://node01:10255/pods -o loot
#@ node01
chmod 600 /var/lib/kubelet/config.yaml /lib/systemd/system/kubelet.service
echo 'KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d --anonymous-auth=false --authorization-mode=Webhook --read-only-port=0 --pod-max-pids=500 --rotate-certificates' > /etc/default/kubelet
systemctl restart kubelet
printf '4.2.13\n4.2.4\n4.2.10\n' > paper
