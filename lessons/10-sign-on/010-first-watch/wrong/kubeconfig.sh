# scene fails captain-noted (kubeconfig-versus-config): the kubeconfig is noted as the file with the settings
#@ node01
echo 'captain reads /etc/kubernetes/kubelet.conf' > watch
ss -tlnp | grep kubelet >> watch
curl -s http://127.0.0.1:10248/healthz >> watch
