// The glossary: story words with their real terms, and terms with one plain sentence.

/** Entry to meaning. */
export const glossary: Readonly<Record<string, string>> = {
  ship: "The node: one Linux machine that runs pods. Here node01.",
  captain: "The kubelet: the program on each node that starts pods, reports their health and answers on port 10250.",
  harbour: "The control plane: API server, etcd, scheduler and controller manager. Here the machine controlplane.",
  pilot: "The API server’s own client: it calls the kubelet for logs, exec and metrics, with a client certificate.",
  stranger:
    "A caller without credentials, on the machine outsider. The kubelet names it system:anonymous where that is allowed.",
  hatch: "A listening port of the kubelet: 10250 (API), 10255 (read-only), 10248 (health).",
  order: "A task of a lesson, checked by what the machine does.",
  kubelet: "The node agent of Kubernetes. It runs the pods of its node and serves an HTTPS API on port 10250.",
  "system:anonymous": "The user name the kubelet gives to a caller who showed nothing, where anonymous access is on.",
  "drop-in":
    "A file that adds to or overrides part of another: kubelet.service.d/*.conf for a unit, --config-dir for the kubelet’s configuration.",
  TokenReview: "The question a kubelet sends to the API server: whose bearer token is this?",
  SubjectAccessReview: "The question a kubelet sends to the API server: may this user do this?",
  "static pod": "A pod the kubelet starts from a file on its own disk, without the API server.",
  "start mode":
    "With --config the kubelet takes the defaults of the config file; without it, the old defaults of the flags.",
};
