# scene fails true-name (two-chains): clientCAFile is set once more, and it is for callers
#@ controlplane
curl -sk https://node01.fleet:10250/pods -o bait
#@ node01
sed -i 's|clientCAFile: .*|clientCAFile: "/etc/kubernetes/pki/ca.crt"|' /var/lib/kubelet/config.yaml
echo 'tlsMinVersion: VersionTLS13' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
