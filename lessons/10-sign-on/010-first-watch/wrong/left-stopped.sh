# scene fails captain-on-watch (stopped-instead-of-locked): the captain is stopped and nobody calls it back
#@ node01
ps -o args= -C kubelet > watch
ss -tlnp | grep kubelet >> watch
curl -s http://127.0.0.1:10248/healthz >> watch
systemctl stop kubelet
