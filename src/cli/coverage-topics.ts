// What a course on kubelet security has to cover, and which lessons teach and grade each topic.

export interface CoveredTopic {
  readonly number: number;
  readonly title: string;
  /** By lesson: the checks that grade it, the telling ones first. */
  readonly graded: Readonly<Record<string, readonly string[]>>;
}

type Row = readonly [title: string, graded: CoveredTopic["graded"]];

const rows: readonly Row[] = [
  [
    "The captain: what a kubelet does, and whom it obeys",
    {
      "sign-on/first-watch": ["captain-noted", "captain-on-watch"],
      "sign-on/commission-the-captain": ["node-ready", "pilot-logs"],
    },
  ],
  [
    "Installation: the binary, the unit, what kubeadm does",
    {
      "sign-on/commission-the-captain": [
        "forgery-noted",
        "binary-true",
        "starts-at-boot",
        "second-ready",
        "harbour-pinned",
      ],
      "sign-on/the-ships-papers": ["fleet-told", "node02-follows"],
    },
  ],
  [
    "Two places of configuration, and which wins",
    {
      "sign-on/the-ships-papers": ["pods-in-force", "no-pods-flag", "events-in-force", "papers-kept", "hatch-shut"],
      "who-goes-there/turn-strangers-away": ["holds-after-restart"],
    },
  ],
  [
    "Inspecting: process, files, drop-ins, effective values",
    {
      "sign-on/first-watch": ["captain-noted"],
      "sign-on/the-ships-papers": ["value-noted"],
      "inspection/the-surveyor": ["report-kept", "paper-noted"],
    },
  ],
  [
    "Ports: 10250, 10255, 10248",
    {
      "sign-on/first-watch": ["hatches-noted", "health-noted"],
      "sealed-dispatches/moor-with-care": ["reach-noted", "health-hidden"],
      "by-whose-order/close-the-hatch": ["hatch-shut"],
    },
  ],
  ["The API an intruder finds", { "pirates/hail-the-ship": ["cargo-taken", "order-given", "guard-noted"] }],
  [
    "Anonymous access",
    { "who-goes-there/turn-strangers-away": ["pods-taken", "stranger-refused", "holds-after-restart"] },
  ],
  [
    "Certificates: the client CA, and the API server as a client",
    { "who-goes-there/show-your-papers": ["forged-refused", "watchman-known", "reasons-noted", "pilot-logs"] },
  ],
  [
    "Bearer tokens",
    { "who-goes-there/letters-of-marque": ["token-refused", "watchman-known", "letter-used", "letter-revoked"] },
  ],
  [
    "Authorization: AlwaysAllow to Webhook",
    { "by-whose-order/ask-the-harbour": ["scraper-refused", "asks-after-restart", "metrics-served", "metrics-only"] },
  ],
  [
    "Read-only port and metrics",
    { "by-whose-order/close-the-hatch": ["leak-taken", "hatch-shut", "shut-inside", "stays-shut", "pilot-metrics"] },
  ],
  [
    "TLS: the serving certificate, versions and suites",
    { "sealed-dispatches/sealed-dispatches": ["bait-taken", "true-name", "true-address", "weak-refused"] },
  ],
  [
    "Rotation, and what it does not cover",
    { "sealed-dispatches/fresh-seals": ["seal-fresh", "rotation-on", "serving-believed", "token-gone"] },
  ],
  [
    "Restricting the address: binding and firewall",
    { "sealed-dispatches/moor-with-care": ["loss-noted", "stranger-out", "neighbour-out", "pilot-logs"] },
  ],
  [
    "Pod security, and what it does not reach",
    {
      "ship-shape/cargo-rules": [
        "privileged-refused",
        "plain-refused",
        "careful-taken",
        "stowaway-seen",
        "stowaway-gone",
      ],
    },
  ],
  [
    "RBAC: callers, nodes, subresources",
    {
      "ship-shape/the-crews-rights": ["secret-refused", "label-refused", "scraper-reads", "scraper-no-run"],
      "by-whose-order/ask-the-harbour": ["lookout-no-exec", "lookout-pods"],
    },
  ],
  [
    "Audit",
    { "ship-shape/the-log-book": ["calls-written", "exec-written", "no-tokens", "no-secrets", "culprit-named"] },
  ],
  [
    "Updates: versions, skew, patching",
    { "ship-shape/dry-dock": ["dock-noted", "version-new", "still-up", "back-in-service"] },
  ],
  [
    "Resource limits",
    {
      "ship-shape/provisions": [
        "kept-back",
        "pids-limited",
        "idle-ends",
        "events-limited",
        "kernel-protected",
        "after-reboot",
      ],
    },
  ],
  [
    "Summary: the whole ship, hardened",
    {
      "inspection/storm": ["stranger-refused", "lookout-no-run", "key-locked", "pilot-logs", "lookout-metrics"],
      "inspection/the-surveyor": ["no-findings", "shut-inside"],
      "ship-shape/locked-cabinets": ["key-locked", "config-locked", "orders-locked"],
    },
  ],
];

/** In the order of the topics. */
export const coverage: readonly CoveredTopic[] = rows.map(([title, graded], index) => ({
  number: index + 1,
  title,
  graded,
}));
