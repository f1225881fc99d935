# scene: from /proc, through a variable, and with a stop that is taken back
#@ node01
cd /root
pid=$(pgrep -x kubelet)
tr '\0' ' ' < /proc/$pid/cmdline > watch; echo >> watch
ss -tln | grep -E '1025|10248' >> watch
curl -s http://localhost:10248/healthz >> watch
systemctl stop kubelet
systemctl start kubelet
