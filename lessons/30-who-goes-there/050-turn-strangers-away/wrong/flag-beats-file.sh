# scene fails stranger-refused (flag-beats-file): a bare --anonymous-auth means true, and it hides the corrected file
#@ outsider
curl -sk https://node01:10250/pods -o pods.json
#@ node01
echo 'KUBELET_EXTRA_ARGS=--anonymous-auth' > /etc/default/kubelet
sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
