// The glossary: story words with their real terms, and terms with one plain sentence.

/** Entries that belong to the story; all others are real terms. */
export const storyWords: ReadonlySet<string> = new Set([
  "ship",
  "captain",
  "harbour",
  "pilot",
  "stranger",
  "boarding party",
  "hatch",
  "order",
  "papers",
  "letter of marque",
  "surveyor",
  "watch",
]);

/** Entry to meaning; a term may be marked as code with backticks inside a meaning. */
export const glossary: Readonly<Record<string, string>> = {
  ship: "The node: one Linux machine that runs pods. Here node01.",
  captain: "The kubelet: the program on each node that starts pods, reports their health and answers on port 10250.",
  harbour: "The control plane: API server, etcd, scheduler and controller manager. Here the machine controlplane.",
  pilot: "The API server’s own client: it calls the kubelet for logs, exec and metrics, with a client certificate.",
  stranger:
    "A caller without credentials, on the machine outsider. The kubelet names it system:anonymous where that is allowed.",
  hatch: "A listening port of the kubelet: 10250 (API), 10255 (read-only), 10248 (health).",
  "boarding party": "The attack script: what a stranger tries after each of your changes, on a copy of the ship.",
  order: "A task of a lesson, checked by what the machine does.",
  papers: "What a caller shows: a client certificate or a bearer token.",
  "letter of marque": "A bearer token: whoever holds it is taken for the one it names.",
  surveyor: "kube-bench: a program that reads files and command lines and compares them with the CIS benchmark.",
  watch: "Practice after the lessons: short drills that come back when they are about to be forgotten.",
  kubelet: "The node agent of Kubernetes. It runs the pods of its node and serves an HTTPS API on port 10250.",
  "system:anonymous": "The user name the kubelet gives to a caller who showed nothing, where anonymous access is on.",
  "drop-in":
    "A file that adds to or overrides part of another: kubelet.service.d/*.conf for a unit, --config-dir for the kubelet’s configuration.",
  TokenReview: "The question a kubelet sends to the API server: whose bearer token is this?",
  SubjectAccessReview: "The question a kubelet sends to the API server: may this user do this?",
  "static pod": "A pod the kubelet starts from a file on its own disk, without the API server.",
  "start mode":
    "With --config the kubelet takes the defaults of the config file; without it, the old defaults of the flags.",
  "401": "Unauthorized: nobody knows who you are. Authentication failed.",
  "403": "Forbidden: you are known, and may not do this. Authorization failed.",
  authentication: "The question who is calling: a certificate, a token, or nothing.",
  authorization: "The question whether this caller may do this: AlwaysAllow, or Webhook to ask the API server.",
  admission: "What the API server does with an object after authorization and before it is kept: change or refuse it.",
  audit: "The API server’s record of requests, as its audit policy says. The kubelet has none.",
  bootstrap:
    "How a new kubelet comes to its first certificate: a token that may do no more than ask for one, and somebody who approves.",
  "client certificate":
    "A certificate a caller shows. CN is the user, each O a group; it needs clientAuth among its usages.",
  "serving certificate": "A certificate a server shows. Callers look for the name they called in its subjectAltName.",
  CA: "A certificate authority: whoever it signed is believed by those who trust it.",
  CSR: "A certificate signing request; in a cluster also an object that somebody approves.",
  configz: "The path on which the kubelet tells every setting in force: `/configz`.",
  cordon: "To mark a node so that no new pods come to it; `uncordon` takes the mark away.",
  drain: "To cordon a node and to ask its pods to leave.",
  ConfigMap: "An object with settings for others; `kubelet-config` holds what kubeadm writes into config.yaml.",
  kubeadm:
    "The program that makes and joins clusters. It writes the kubelet’s configuration and does not install the kubelet.",
  kubeconfig:
    "A file with the address of an API server, its CA and a caller’s papers. Not the kubelet’s configuration.",
  KubeletConfiguration: "The kubelet’s settings as a file, named by `--config`.",
  "Node authorizer": "The part of the API server that lets a kubelet read what its own pods need, and nothing else.",
  NodeRestriction: "The admission plugin that keeps a kubelet to its own node and its own pods.",
  "nodes/proxy":
    "The right behind most of the kubelet’s API, running commands included. With the verb get it is enough for exec.",
  "Pod Security Admission": "The admission plugin that compares new pods with the level its name space asks for.",
  RBAC: "Rights by role: a role lists what may be done, a binding gives it to somebody. Nothing in it forbids.",
  "read-only port": "10255: part of the kubelet’s API over plain HTTP, without a question. 0 shuts it.",
  rotation: "Renewing a certificate before it ends. Client and serving certificate have a switch each.",
  seccomp: "The kernel’s filter of system calls, here for containers.",
  ServiceAccount: "A name for a program in the cluster; its tokens are its papers.",
  "system:masters": "The group that may do everything, whatever RBAC says.",
  "system:nodes": "The group of kubelets. A kubelet is the user `system:node:` with its node’s name.",
  "three layers": "Where a setting can lag: saved in a file, running in the process, behaving towards callers.",
  webhook:
    "A question by HTTP to somebody else; for the kubelet, to the API server: TokenReview and SubjectAccessReview.",
};
