// The checks of the CIS benchmark for the control plane (cis-1.12, sections 1, 2 and 3) as data. Titles and remedies are our own words.

import type { Audit, Check, Control, Operation, TestItem } from "./node-checks.ts";

/** Where kubeadm puts what these checks look at. */
const MANIFESTS = "/etc/kubernetes/manifests/";
const STRONG =
  "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";

/*
 * One line a check, parts between bars: id with `!` where it is scored, the items (flag, operation, value; `&` all, `/` one of them;
 * nothing: to be looked at by hand), the title, and what to set.
 */
const API = `
1.2.1|--anonymous-auth eq false|Anonymous requests are off|--anonymous-auth=false
1.2.2!|--token-auth-file absent|No file of static tokens|no --token-auth-file
1.2.3|--enable-admission-plugins has DenyServiceExternalIPs|Plugin DenyServiceExternalIPs is on|--enable-admission-plugins=...,DenyServiceExternalIPs
1.2.4!|--kubelet-client-certificate present & --kubelet-client-key present|Certificate and key for the way to kubelets are configured|--kubelet-client-certificate=<file> and --kubelet-client-key=<file>
1.2.5!|--kubelet-certificate-authority present|Serving certificates of kubelets are verified|--kubelet-certificate-authority=<file>
1.2.6!|--authorization-mode nothave AlwaysAllow|Authorization is not AlwaysAllow|--authorization-mode=Node,RBAC
1.2.7!|--authorization-mode has Node|Authorization has Node|--authorization-mode=Node,RBAC
1.2.8!|--authorization-mode has RBAC|Authorization has RBAC|--authorization-mode=Node,RBAC
1.2.9|--enable-admission-plugins has EventRateLimit|Plugin EventRateLimit is on|--enable-admission-plugins=...,EventRateLimit and --admission-control-config-file=<file>
1.2.10!|--enable-admission-plugins nothave AlwaysAdmit / --enable-admission-plugins absent|Plugin AlwaysAdmit is off|--enable-admission-plugins without AlwaysAdmit
1.2.11|--enable-admission-plugins has AlwaysPullImages|Plugin AlwaysPullImages is on|--enable-admission-plugins=...,AlwaysPullImages
1.2.12!|--disable-admission-plugins nothave ServiceAccount / --disable-admission-plugins absent|Plugin ServiceAccount is on|--disable-admission-plugins without ServiceAccount
1.2.13!|--disable-admission-plugins nothave NamespaceLifecycle / --disable-admission-plugins absent|Plugin NamespaceLifecycle is on|--disable-admission-plugins without NamespaceLifecycle
1.2.14!|--enable-admission-plugins has NodeRestriction|Plugin NodeRestriction is on|--enable-admission-plugins=...,NodeRestriction
1.2.15!|--profiling eq false|Profiling is off|--profiling=false
1.2.16!|--audit-log-path present|An audit log is written|--audit-log-path=<file>
1.2.17!|--audit-log-maxage gte 30|Audit logs are kept 30 days or more|--audit-log-maxage=30
1.2.18!|--audit-log-maxbackup gte 10|Ten or more old audit logs are kept|--audit-log-maxbackup=10
1.2.19!|--audit-log-maxsize gte 100|An audit log may grow to 100 MB or more|--audit-log-maxsize=100
1.2.20||The time a request may take is as wanted|--request-timeout, if 60 s do not fit
1.2.21!|--service-account-lookup absent / --service-account-lookup eq true|Tokens of deleted service accounts are refused|--service-account-lookup=true, or nothing
1.2.22!|--service-account-key-file present|The key that tokens are verified with is configured|--service-account-key-file=<file>
1.2.23!|--etcd-certfile present & --etcd-keyfile present|Certificate and key for the way to etcd are configured|--etcd-certfile=<file> and --etcd-keyfile=<file>
1.2.24!|--tls-cert-file present & --tls-private-key-file present|Serving certificate and key are configured|--tls-cert-file=<file> and --tls-private-key-file=<file>
1.2.25!|--client-ca-file present|A client CA is configured|--client-ca-file=<file>
1.2.26!|--etcd-cafile present|etcd's certificate is verified|--etcd-cafile=<file>
1.2.27|--encryption-provider-config present|Secrets are encrypted in etcd|--encryption-provider-config=<file>
1.2.28|provider valid_elements aescbc,kms,secretbox|The first provider of encryption is one that encrypts|aescbc, kms or secretbox first in the file of --encryption-provider-config
1.2.29|--tls-cipher-suites valid_elements ${STRONG}|Only strong TLS cipher suites|--tls-cipher-suites with some of ${STRONG}
1.2.30!|--service-account-extend-token-expiration eq false|Tokens of pods live no longer than asked for|--service-account-extend-token-expiration=false`;

const MANAGER = `
1.3.1|--terminated-pod-gc-threshold present|Ended pods are cleared away at a number of your own|--terminated-pod-gc-threshold=10
1.3.2!|--profiling eq false|Profiling is off|--profiling=false
1.3.3!|--use-service-account-credentials noteq false|Each controller has its own credentials|--use-service-account-credentials=true
1.3.4!|--service-account-private-key-file present|The key that tokens are signed with is configured|--service-account-private-key-file=<file>
1.3.5!|--root-ca-file present|The CA that pods get is configured|--root-ca-file=<file>
1.3.6!|--feature-gates nothave RotateKubeletServerCertificate=false / --feature-gates absent|Rotation of serving certificates is not switched off|--feature-gates=RotateKubeletServerCertificate=true
1.3.7!|--bind-address eq 127.0.0.1 / --bind-address absent|It listens on localhost only|--bind-address=127.0.0.1`;

const SCHEDULER = `
1.4.1!|--profiling eq false|Profiling is off|--profiling=false
1.4.2!|--bind-address eq 127.0.0.1 / --bind-address absent|It listens on localhost only|--bind-address=127.0.0.1`;

const ETCD = `
2.1!|--cert-file present & --key-file present|Serving certificate and key are configured|--cert-file=<file> and --key-file=<file>
2.2!|--client-cert-auth eq true|Clients must show a certificate|--client-cert-auth=true
2.3!|--auto-tls absent / --auto-tls eq false|No certificates made by etcd itself for clients|--auto-tls=false, or nothing
2.4!|--peer-cert-file present & --peer-key-file present|Certificate and key for other members are configured|--peer-cert-file=<file> and --peer-key-file=<file>
2.5!|--peer-client-cert-auth eq true|Other members must show a certificate|--peer-client-cert-auth=true
2.6!|--peer-auto-tls absent / --peer-auto-tls eq false|No certificates made by etcd itself for members|--peer-auto-tls=false, or nothing
2.7|--trusted-ca-file present|etcd has a CA of its own|--trusted-ca-file=<file>`;

const PEOPLE = `
3.1.1||People do not sign in with client certificates|another way to sign in, such as OIDC
3.1.2||People do not sign in with tokens of service accounts|another way to sign in, such as OIDC
3.1.3||People do not sign in with bootstrap tokens|another way to sign in, such as OIDC`;

const LOGGING = `
3.2.1|--audit-policy-file present|There is an audit policy|--audit-policy-file=<file>
3.2.2||The audit policy covers what matters|Metadata at least for Secrets, TokenReviews, pods/exec and everything that proxies`;

function readItems(text: string): TestItem[] {
  return text.split(/ [&/] /).map((part) => {
    const [flag = "", op = "present", value] = part.split(" ");
    return { flag, op: op as Operation, ...(value === undefined ? {} : { value }) };
  });
}

/** Checks of one program, read off the process list. */
function readChecks(lines: string, of: string): Check[] {
  return lines
    .trim()
    .split("\n")
    .map((line): Check => {
      const [mark = "", items = "", text = "", set = ""] = line.split("|");
      const id = mark.replace("!", "");
      const audit: Audit = id === "1.2.28" ? { kind: "encryption" } : { kind: "grep", of };
      return {
        id,
        text,
        scored: mark.endsWith("!"),
        audit,
        any: items.includes(" / "),
        ...(items === "" ? { manual: true } : {}),
        tests: items === "" ? [] : readItems(items),
        remedy: id.startsWith("3.") ? `Have ${set}.` : `In ${MANIFESTS}${of}.yaml: ${set}`,
      };
    });
}

/** Mode and owner of files: ids, title, the rule (as `find` or a list gives them), the mode allowed, the owner. */
function fileChecks(): Check[] {
  const list: readonly (readonly [
    id: number,
    what: string,
    path: string,
    mode: string,
    owner: string,
    hand?: boolean,
  ])[] = [
    [1, "Manifest of kube-apiserver", `${MANIFESTS}kube-apiserver.yaml`, "600", "root:root"],
    [3, "Manifest of kube-controller-manager", `${MANIFESTS}kube-controller-manager.yaml`, "600", "root:root"],
    [5, "Manifest of kube-scheduler", `${MANIFESTS}kube-scheduler.yaml`, "600", "root:root"],
    [7, "Manifest of etcd", `${MANIFESTS}etcd.yaml`, "600", "root:root"],
    [9, "Files of container networks", "/var/lib/cni/networks/*", "600", "root:root", true],
    [11, "Data folder of etcd", "/var/lib/etcd", "700", "etcd:etcd"],
    [
      13,
      "Kubeconfigs of administrators",
      "/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf",
      "600",
      "root:root",
    ],
    [15, "scheduler.conf", "/etc/kubernetes/scheduler.conf", "600", "root:root"],
    [17, "controller-manager.conf", "/etc/kubernetes/controller-manager.conf", "600", "root:root"],
  ];
  const one = (
    id: number,
    text: string,
    what: "mode" | "owner",
    path: string,
    wanted: string,
    hand: boolean,
  ): Check => ({
    id: `1.1.${id}`,
    text: `${text} ${what === "mode" ? `with mode ${wanted} or tighter` : `owned by ${wanted}`}`,
    scored: !hand,
    audit: { kind: "stat", what, path },
    tests:
      what === "mode" ? [{ flag: "permissions", op: "bitmask", value: wanted }] : [{ flag: wanted, op: "present" }],
    remedy: `${what === "mode" ? `chmod ${wanted}` : `chown ${wanted}`} ${path}`,
  });
  return [
    ...list.flatMap(([id, text, path, mode, owner, hand = false]) => [
      one(id, text, "mode", path, mode, hand),
      one(id + 1, text, "owner", path, owner, hand),
    ]),
    one(19, "Everything below pki", "owner", "/etc/kubernetes/pki/**", "root:root", false),
    one(20, "Certificates below pki", "mode", "/etc/kubernetes/pki/**.crt", "644", true),
    one(21, "Keys below pki", "mode", "/etc/kubernetes/pki/**.key", "600", true),
  ];
}

/** Sections 1, 2 and 3. */
export const CONTROL_PLANE: readonly Control[] = [
  {
    id: "1",
    target: "master",
    text: "Control Plane Security Configuration",
    groups: [
      { id: "1.1", text: "Control Plane Node Configuration Files", checks: fileChecks() },
      { id: "1.2", text: "API Server", checks: readChecks(API, "kube-apiserver") },
      { id: "1.3", text: "Controller Manager", checks: readChecks(MANAGER, "kube-controller-manager") },
      { id: "1.4", text: "Scheduler", checks: readChecks(SCHEDULER, "kube-scheduler") },
    ],
  },
  {
    id: "3",
    target: "controlplane",
    text: "Control Plane Configuration",
    groups: [
      { id: "3.1", text: "Authentication and Authorization", checks: readChecks(PEOPLE, "kube-apiserver") },
      { id: "3.2", text: "Logging", checks: readChecks(LOGGING, "kube-apiserver") },
    ],
  },
  {
    id: "2",
    target: "etcd",
    text: "Etcd Node Configuration",
    groups: [{ id: "2", text: "Etcd Node Configuration", checks: readChecks(ETCD, "etcd") }],
  },
];
