# scene fails pods-taken (attack-skipped): shut before anybody looked at what was open
#@ node01
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
