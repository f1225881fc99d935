# scene: the short way
#@ node01
systemctl restart kubelet
