# scene fails pilot-logs, pids-limited, events-limited (ca-missing): the old CA goes, and the new one with it
curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot
#@ node01
chmod 600 /var/lib/kubelet/pki/kubelet-client-current.pem
chmod 755 /etc/kubernetes/manifests
rm /etc/kubernetes/manifests/barnacle.yaml
chown root:root /var/lib/kubelet/config.yaml
chmod 600 /var/lib/kubelet/config.yaml
sed -i '/anonymous:/,/enabled:/s/true/false/; /cacheTTL:/{n;s/false/true/}; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/; s/rotateCertificates: false/rotateCertificates: true/; s/podPidsLimit: -1/podPidsLimit: 1024/; /^eventRecordQPS/d' /var/lib/kubelet/config.yaml
echo 'tlsMinVersion: VersionTLS13' >> /var/lib/kubelet/config.yaml
sed -i '/x509:/,/clientCAFile:/d' /var/lib/kubelet/config.yaml
echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet
systemctl restart kubelet
#@ controlplane
kubectl create clusterrole lookout --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -
