# scene fails health-noted (plain-http): the health probe is asked on 10250, with http
#@ node01
ps -o args= -C kubelet > watch
ss -tlnp | grep kubelet >> watch
curl -s http://127.0.0.1:10250/healthz >> watch
