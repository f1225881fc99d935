# scene fails loot-taken (report-is-the-ship): the report was mended, and nobody asked what a stranger gets
kube-bench run --targets node > report
chmod 600 /var/lib/kubelet/config.yaml /usr/lib/systemd/system/kubelet.service
sed -i 's/^authentication:/&\n  anonymous:\n    enabled: false/; s/AlwaysAllow/Webhook/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
