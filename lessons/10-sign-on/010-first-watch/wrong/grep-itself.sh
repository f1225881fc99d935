# scene fails captain-noted (grep-finds-itself): a grep that found itself is taken for the captain
#@ node01
ps aux | grep kublet > watch
ss -tlnp | grep kubelet >> watch
curl -s http://127.0.0.1:10248/healthz >> watch
