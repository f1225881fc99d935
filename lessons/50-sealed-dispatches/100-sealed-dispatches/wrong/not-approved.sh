# scene fails true-name (approved-by-itself): the kubelet asks for its certificate, and nobody says yes
#@ controlplane
curl -sk https://node01.fleet:10250/pods -o bait
#@ node01
echo 'serverTLSBootstrap: true' >> /var/lib/kubelet/config.yaml
systemctl restart kubelet
#@ wait 4
