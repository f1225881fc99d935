# scene fails hatches-noted (assumed-port): the ports are copied from old notes and not from the ship
#@ node01
ps -o args= -C kubelet > watch
echo 'kubelet listens on 10255' >> watch
curl -s http://127.0.0.1:10248/healthz >> watch
