# scene fails pids-limited (wrong-key): the flag’s name is no field of the file
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt
cp one.crt /etc/kubernetes/pki/ca.crt
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
sed -i '/anonymous:/,/enabled:/s/true/false/; /cacheTTL:/{n;s/false/true/}; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
sed -i 's/podPidsLimit: -1/podMaxPids: 1024/' /var/lib/kubelet/config.yaml
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
systemctl restart kubelet
