# scene fails pods-in-force, hatch-shut (flag-beats-file): the file says 70, and the flags still say otherwise
#@ node01
echo 40 > papers
sed -i "s/maxPods: 60/maxPods: 70/" /var/lib/kubelet/config.yaml
echo 'eventRecordQPS: 20' >> /var/lib/kubelet/config.yaml
rm /etc/systemd/system/kubelet.service.d/20-events.conf
systemctl daemon-reload
systemctl restart kubelet
