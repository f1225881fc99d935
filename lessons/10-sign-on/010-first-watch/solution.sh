# scene: three lines in the book
#@ node01
ps -o args= -C kubelet > watch
ss -tlnp | grep kubelet >> watch
curl -s http://127.0.0.1:10248/healthz >> watch
