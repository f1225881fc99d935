// The commands of the course by what one wants to know. Each line stands in a lesson, whose proof types it; a test looks that it does.

export interface CommandRow {
  readonly line: string;
  readonly tells: string;
}

export interface CommandGroup {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly CommandRow[];
}

export const commandGroups: readonly CommandGroup[] = [
  {
    id: "what-runs",
    title: "What runs, and with what",
    rows: [
      {
        line: "ps -ww -o args= -C kubelet",
        tells: "The live command line: every flag the kubelet was started with. `-ww` keeps it from being cut.",
      },
      {
        line: "systemctl cat --no-pager kubelet",
        tells: "The unit and every drop-in, in the order in which they count.",
      },
      { line: "cat /etc/default/kubelet", tells: "Flags that an environment file adds. They beat config.yaml." },
      { line: "ss -tlnp | grep kubelet", tells: "Which ports the kubelet listens on, and on which address." },
      {
        line: "curl -s http://127.0.0.1:10248/healthz; echo $?",
        tells: "Whether it is up: ok and 0, or nothing and 7.",
      },
      { line: "kubelet --version", tells: "Which version the program is. What runs is told by the node." },
      { line: "systemctl is-active kubelet", tells: "active, or activating while it falls and is started again." },
      { line: "crictl ps", tells: "Containers as the runtime sees them, whatever the API server knows." },
    ],
  },
  {
    id: "why-not",
    title: "Why it does not come up",
    rows: [
      {
        line: "sleep 2; journalctl -u kubelet --no-pager | grep -o 'failed to run Kubelet.*' | tail -n 1",
        tells: "The last reason for which the kubelet ended.",
      },
      {
        line: "sleep 2; journalctl -u kubelet --no-pager | grep -o 'unknown flag.*' | tail -n 1",
        tells: "A flag that this version does not have.",
      },
      {
        line: "journalctl -u kubelet --no-pager | grep -o 'unknown field .*' | tail -n 1",
        tells: "A key of config.yaml that was ignored.",
      },
      {
        line: "journalctl -u kubelet --no-pager | grep -o 'x509: .*' | sort -u",
        tells: "Why certificates of callers were refused.",
      },
    ],
  },
  {
    id: "change",
    title: "To change a setting",
    rows: [
      {
        line: "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml",
        tells: "One value, in the block it belongs to and nowhere else.",
      },
      { line: "systemctl daemon-reload", tells: "Has systemd read units that changed. Before the restart." },
      { line: "systemctl restart kubelet", tells: "Has the kubelet read its flags and files. Pods go on running." },
      { line: "systemctl enable --now kubelet", tells: "Starts it now and with the machine." },
      { line: "sysctl --system", tells: "Sets the kernel as the files in /etc/sysctl.d say." },
    ],
  },
  {
    id: "as-stranger",
    title: "As a stranger",
    rows: [
      {
        line: "curl -sk https://node01:10250/pods | head -c 120; echo",
        tells: "Asks without papers. 401 is a guard, a PodList is none.",
      },
      { line: "curl -sk -o /dev/null -w '%{http_code}\\n' https://node01:10250/pods", tells: "The status alone." },
      { line: "curl -s http://node01:10255/pods; echo $?", tells: "The read-only port: plain http. 7 is shut." },
      {
        line: "curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id'",
        tells: "A command in a container of somebody else.",
      },
      {
        line: "curl -sk -m 3 https://node01:10250/pods; echo $?",
        tells: "With a limit of three seconds: 28 is a packet filter that drops.",
      },
    ],
  },
  {
    id: "as-friend",
    title: "As a friend",
    rows: [
      {
        line: "kubectl logs web-node01 | tail -n 1",
        tells: "Through the API server, which calls the kubelet. What must go on working.",
      },
      { line: "kubectl get node node01", tells: "Ready, as the API server has it from the node’s own reports." },
      {
        line: "curl -s --cacert /etc/kubernetes/pki/ca.crt https://node01:10250/pods; echo $?",
        tells: "With verification: 60 is a certificate that this CA did not sign.",
      },
      {
        line: "curl -sk -w '\\n%{http_code}\\n' --cert watchman.crt --key watchman.key https://node01:10250/pods",
        tells: "With a client certificate: 401 unknown, 403 known and not allowed.",
      },
    ],
  },
  {
    id: "certificates",
    title: "Certificates",
    rows: [
      {
        line: "openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -subject -enddate",
        tells: "Whose it is and when it ends.",
      },
      {
        line: "echo | openssl s_client -connect node01:10250 2>/dev/null | openssl x509 -noout -subject -issuer -ext subjectAltName",
        tells: "What the kubelet shows its callers, and who signed it.",
      },
      {
        line: "openssl verify -purpose sslclient -CAfile /etc/kubernetes/pki/ca.crt watchman.crt",
        tells: "Whether it would be believed, as a client, by this CA.",
      },
      {
        line: "openssl req -new -key watchman.key -subj /O=monitoring/CN=watchman -out watchman.csr",
        tells: "A request: O becomes the group, CN the user.",
      },
      { line: "kubectl get csr", tells: "Who asked the cluster for a certificate, and whether anybody approved." },
    ],
  },
  {
    id: "rights",
    title: "Rights",
    rows: [
      {
        line: "kubectl auth can-i create nodes --subresource=proxy --as=system:serviceaccount:monitoring:scraper",
        tells: "May somebody do this? Asked in their name.",
      },
      {
        line: "kubectl --kubeconfig /etc/kubernetes/kubelet.conf auth whoami",
        tells: "As whom the cluster knows these papers.",
      },
      { line: "kubectl get clusterrolebinding scraper -o wide", tells: "Which role is given to whom." },
      {
        line: "kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics",
        tells: "A role with the one right a collector of metrics needs.",
      },
      {
        line: "kubectl -n monitoring create token scraper > token",
        tells: "A short-lived token of a service account.",
      },
    ],
  },
  {
    id: "files-and-nets",
    title: "Files and networks",
    rows: [
      {
        line: "find /etc/kubernetes /var/lib/kubelet -maxdepth 2 -perm /077 -exec stat -c '%a %U:%G %n' {} +",
        tells: "What others than its owner may read or write.",
      },
      {
        line: "iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT",
        tells: "Lets the API server in, before a rule that drops the rest.",
      },
      { line: "iptables -L INPUT -n --line-numbers", tells: "The rules in the order in which they are tried." },
      {
        line: "kube-bench run --targets node --noremediations",
        tells: "The benchmark’s checks of this node, from files and command lines.",
      },
    ],
  },
  {
    id: "upkeep",
    title: "Upkeep",
    rows: [
      { line: "kubectl drain node01 --ignore-daemonsets", tells: "Empties a node of its pods, politely." },
      { line: "kubectl uncordon node01", tells: "Takes it back into service." },
      {
        line: "kubeadm token create --print-join-command | ssh node02 tee join",
        tells: "What a new node has to type, the CA’s fingerprint included.",
      },
    ],
  },
];
