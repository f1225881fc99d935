# scene fails captain-noted (overwritten): the second line is written with one > and takes the place of the first
#@ node01
ps -o args= -C kubelet > watch
ss -tlnp | grep kubelet > watch
curl -s http://127.0.0.1:10248/healthz >> watch
