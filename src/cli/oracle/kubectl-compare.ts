// What may differ between a recording of kubectl, kube-apiserver or kubeadm and its replay: KUBECTL.md's *What varies* and *Limits*,
// all in this one place.

import type { Outcome } from "./collect.ts";

export interface Recorded {
  readonly id: string;
  readonly tool: string;
  readonly machine: string;
  readonly setup: readonly Step[];
  /** Whose rights the line was typed with; mostly in words. */
  readonly as?: string;
  readonly command: string;
  readonly stdin?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly varies: readonly string[];
  readonly tty?: { readonly cols: number; readonly rows: number };
  readonly keys?: readonly string[];
  readonly timedOut?: boolean;
  readonly note?: string;
}

export interface Step {
  readonly base?: string;
  readonly file?: string;
  readonly content?: string;
  readonly run?: string;
  readonly node?: string;
  readonly wait?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly note?: string;
}

/** Letters of Kubernetes' random names (no vowels, no 0, 1, 3). */
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]{5}";

/** Values that no two runs share. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]+\.[\w-]*\.[\w-]+/g, "<jwt>"],
  [/"(exp|iat|nbf)":\d+/g, '"$1":<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>"],
  [/\b[0-9a-f]{64}\b/gi, "<hash>"],
  [/\b[0-9a-f]{32}\b/g, "<hash>"],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, "<token>"],
  [/(system:bootstrap:|jws-kubeconfig-|bootstrap-token-)[a-z0-9]{6}\b/g, "$1<id>"],
  [/LS0tLS1[\w+/]{40,}=*/g, "<pem>"],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, "<pem>"],
  // klog headers: month-day, time, pid; the line numbers belong to the recorded build.
  [/^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ ([\w.-]+):\d+\]/gm, "$1 $2]"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "<time>"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4} UTC)?( m=\S+)?/g, "<time>"],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d (\+0000|GMT)/g, "<time>"],
  [/\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d, \d{4} \d\d:\d\d UTC/g, "<time>"],
  [/\bmilliseconds=\d+/g, "milliseconds=N"],
  [/\bdelay="[\d.]+m?s"/g, 'delay="N"'],
  [/("?resourceVersion"?: ?")\d+"/g, '$1N"'],
  [/(Resource Version: +)\d+/g, "$1N"],
  [/\bafter [\d.]+m?s\b/g, "after N"],
  [/(kubectl-edit-|kubeadm-init-dryrun|kubectl-patch-|LIVE-|MERGED-)\d+/g, "$1N"],
  [/(kubeadm-kubelet-config-)[\d-]+/g, "$1N"],
  [/( on )[\d.]+:53: read udp [\d.]+:\d+->[\d.]+:53:/g, "$1<resolver>:"],
  [/(bash: line \d+: kill: \()\d+/g, "$1N"],
  [new RegExp(`-${RANDOM}\\b`, "g"), "-XXXXX"],
  [/\btick \d+/g, "tick N"],
  // The recorded API server was built with its libraries beside it, the tools as releases are: Go tells their paths apart.
  [/(in scheme \\?")k8s\.io\/apiserver\//g, "$1"],
  // Words of the recorder's container runtime.
  [/(error forwarding port \d+ to pod <hash>, uid : )(?:[^"\\]|\\.)*/g, "$1<runtime>"],
  // A pod that crashes in a loop is seen at another moment of it.
  [/(\bcrash +0\/1 +)(?:Error|CrashLoopBackOff) +\d+ \(/g, "$1<crashed> N ("],
  [/("restartCount":)\d+(,"started":false,"state":\{"waiting":)/g, "$1N$2"],
  // Keys are made anew, and a page's mark holds its resource version.
  [/"(kid|n)":"[\w-]{40,}"/g, '"$1":"<key>"'],
  [/("continue": ?")[\w-]+/g, "$1<mark>"],
  // Pods were made anew between scenarios, and the runtime gives addresses out; image digests are the runtime's own words.
  [/\b10\.244\.([01])\.\d+\b(?!\/)/g, "10.244.$1.N"],
  [/("imageID": ?"|Image ID: +)[\w./-]*@?sha256:/g, "$1sha256:"],
  [/^([a-z]+_\w+(?:\{[^}\n]*\})?) [\d.e+-]+$/gm, "$1 N"],
];

/** Ages as duration.HumanDuration writes them (three digits and an m are millicores, not minutes). */
const AGE = /(?<![\w.<-])(?:\d+y(?:\d+d)?|\d+d(?:\d+h)?|\d{1,2}h(?:\d+m)?|\d{1,2}m(?:\d+s)?|\d{1,3}s)(?![\w.])/g;

/** Remarks on connections to etcd that a run happens to open and drop, a line that is not certain to be upstream's, a slow runtime. */
const CHANCE =
  /^I\d{4} .* shared_informer\.go:\d+\] "Waiting for caches to sync" controller="node_authorizer"\n|^W\d{4} .* logging\.go:\d+\] \[core\] .*\n|^E\d{4} .* options\.go:\d+\] The manifest file is empty, ignoring\.\n|^E\d{4} .* remote_runtime\.go:\d+\] "StopPodSandbox from runtime service failed" err="rpc error: code = DeadlineExceeded .*\n/gm;

/** Rows and blocks that only the recorded, distributor's build prints. */
const FOREIGN: readonly RegExp[] = [
  /^ *- configMap:\n +items:\n +- key: service-ca\.crt\n +path: service-ca\.crt\n +name: openshift-service-ca\.crt\n/gm,
  /,\s*\{\s*"configMap": ?\{\s*"items": ?\[\s*\{\s*"key": ?"service-ca\.crt",\s*"path": ?"service-ca\.crt"\s*\}\s*\],\s*"name": ?"openshift-service-ca\.crt"\s*\}\s*\}/g,
  /,\s*\{\s*"configMap": ?\{\s*"name": ?"openshift-service-ca\.crt",\s*"items": ?\[\s*\{\s*"key": ?"service-ca\.crt",\s*"path": ?"service-ca\.crt"\s*\}\s*\]\s*\}\s*\}/g,
  /^ +ConfigMapName: +openshift-service-ca\.crt\n(?: +Optional: +false\n)?/gm,
  /^.*(?:service-ca-cert-publisher|openshift).*\n/gm,
  // The recording machines had no systemd, and so no journal folder.
  /^<a href="journal\/">.*\n/gm,
];

/** The recording machines had no free cgroup controllers: what kubeadm's SystemVerification says of that, on no healthy machine. */
const VERIFICATION =
  /^\[preflight\] The system verification failed\. Printing the output from the verification:\n(?:\x1b\[0;37m.*\n)+|^\t\[(?:WARNING|ERROR) SystemVerification\]: .*\n/gm;

/** Lines whose order comes from a map or from work done side by side. */
const UNORDERED = [
  // Variables of services, as a container's environment lists them.
  /^[A-Z][A-Z\d_]*_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_\w+)=/,
  /^evicting pod /,
  /^pod\/\S+ evicted$/,
  /"Feature gate default state"/,
];

/** A list of pods that the kubelet makes from a map, in the order of their names. */
function sortPodList(text: string): string {
  if (!text.startsWith('{"kind":"PodList"')) return text;
  try {
    const list = JSON.parse(text) as { items: { metadata: { name: string; namespace: string } }[] };
    const key = ({ metadata }: { metadata: { name: string; namespace: string } }) =>
      `${metadata.namespace}/${metadata.name}`;
    list.items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    return `${JSON.stringify(list)}\n`;
  } catch {
    return text;
  }
}

/** Rows of objects whose names differ in their random ends alone, in one order. */
function sortTwins(lines: string[]): void {
  const stem = (line: string | undefined): string | undefined => /^.*?-XXXXX\b/.exec(line ?? "")?.[0];
  for (let i = 0; i < lines.length; ) {
    const wanted = stem(lines[i]);
    let end = i + 1;
    while (wanted !== undefined && stem(lines[end]) === wanted) end += 1;
    if (end - i > 1) lines.splice(i, end - i, ...lines.slice(i, end).sort());
    i = end;
  }
}

function sortRuns(text: string): string {
  const lines = text.split("\n");
  sortTwins(lines);
  for (const pattern of UNORDERED) {
    const places = lines.flatMap((line, at) => (pattern.test(line) ? [at] : []));
    const sorted = places.map((at) => lines[at] as string).sort();
    for (const [index, at] of places.entries()) lines[at] = sorted[index] as string;
  }
  return lines
    .join("\n")
    .replace(
      /^Warning: ((?:ignoring|deleting) .*)$/gm,
      (_, rest: string) => `Warning: ${rest.split("; ").sort().join("; ")}`,
    );
}

/** A text without what varies. Columns that hold ages keep no widths. */
export function normalize(given: string, loose = false): string {
  let text = sortPodList(given.replaceAll("\r\n", "\n"));
  text = text.replace(CHANCE, "").replace(VERIFICATION, "");
  for (const pattern of FOREIGN) text = text.replace(pattern, "");
  const before = text;
  for (const [pattern, by] of VALUES) text = text.replace(pattern, by);
  // OpenSSL 3.0 was recorded, the machines have 3.5.
  text = text
    .replace(/^(?:subject|issuer)=.*$/gm, (line) => line.replaceAll(" = ", "="))
    .replace(/^(X509v3 [\w ]+:) ?$/gm, "$1");
  text = text.replace(AGE, "<age>");
  if (loose || text !== before)
    text = text
      .replace(/(\S) {2,}/g, "$1  ")
      .replace(/ +$/gm, "")
      .replace(/-{3,}/g, "---");
  return sortRuns(text);
}

const varies = (text: string): boolean =>
  text.search(AGE) >= 0 || VALUES.some(([pattern]) => text.search(pattern) >= 0);

function describe(name: string, wanted: string, got: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === got[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `${name} at ${at}: wanted ${JSON.stringify(wanted.slice(from, at + 160))}, got ${JSON.stringify(got.slice(from, at + 160))}`;
}

/** What differs, one sentence each. */
export function compareOutcome(recorded: Recorded, got: Outcome): string[] {
  const differs: string[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    if (recorded[name] === got[name]) continue;
    let [wanted, given] = [normalize(recorded[name]), normalize(got[name])];
    // Where one of the texts holds something that varies, neither keeps its widths.
    if (wanted !== given)
      [wanted, given] = [varies(recorded[name]), varies(got[name])].some((one) => one)
        ? [normalize(recorded[name], true), normalize(got[name], true)]
        : [wanted, given];
    if (wanted !== given) differs.push(describe(name, wanted, given));
  }
  // A negative code is the signal that ended a program on a terminal.
  const wantedCode = recorded.exitCode !== null && recorded.exitCode < 0 ? 128 - recorded.exitCode : recorded.exitCode;
  if (wantedCode !== null && wantedCode !== got.exitCode)
    differs.push(`exit code: wanted ${wantedCode}, got ${got.exitCode}`);
  return differs;
}
