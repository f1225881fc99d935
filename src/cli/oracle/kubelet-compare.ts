// What may differ between a recording and a replay, all in one place, and the comparison itself.

/** A request as recorded. */
export interface RecordedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly port: number;
  readonly curl: string;
  readonly exitCode: number;
  readonly stderr: string;
  readonly status: number | null;
  readonly statusLine: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyLength: number;
  readonly bodyTruncated?: boolean;
}

export interface RecordedCase {
  readonly id: string;
  readonly version: string;
  readonly area: string;
  readonly flags: readonly string[];
  readonly config: string | null;
  readonly dropins?: Readonly<Record<string, string>>;
  readonly apiserver?: "up" | "dead" | "none";
  readonly start: {
    readonly ok: boolean;
    readonly exitCode: number | null;
    readonly fatalMessage: string | null;
    readonly warnings?: readonly string[];
    readonly stdout?: string;
    readonly exitedCleanly?: boolean;
  };
  readonly listening: readonly { readonly address: string; readonly port: number; readonly family: string }[];
  readonly requests: readonly RecordedRequest[];
  /** What the kubelet asked with SubjectAccessReviews, each question once. */
  readonly reviews?: readonly unknown[];
}

export interface ReplayedRequest {
  readonly exitCode: number;
  readonly stderr: string;
  readonly status: number | null;
  readonly statusLine: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyLength: number;
}

export interface ReplayedStart {
  readonly ok: boolean;
  readonly exitCode: number | null;
  /** Whole stderr. */
  readonly log: string;
  readonly stdout: string;
  readonly listening: readonly { readonly address: string; readonly port: number; readonly family: string }[];
}

// --- texts that vary ---

/** Headers, times, process ids, serials, key ids, temporary names: what no two runs have in common. */
export function normalizeText(text: string): string {
  return text
    .replace(/^([EFWI])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm, "$1 ")
    .replace(/SN=\d+, SKID=[0-9A-F:]*, AKID=[0-9A-F:]*/g, "SN, SKID, AKID")
    .replace(/current time \S+ is (before|after) \S+/g, "current time is $1")
    .replace(/after \d+ ms/g, "after N ms")
    .replace(/after \d+ milliseconds/g, "after N milliseconds")
    .replace(/\udcff/g, "\ufffd")
    .trimEnd();
}

/** protectKernelDefaults lists its findings in any order. */
function normalizeFatal(text: string): string {
  return normalizeText(text).replace(
    /\[(invalid kernel flag: [^\]]*)\]/g,
    (_, list: string) =>
      `[${list
        .split(/, (?=invalid)/)
        .sort()
        .join(", ")}]`,
  );
}

/**
 * Warnings that come from the recording machine, from what earlier kubelets had left behind in runtime and cluster, or from
 * background talk with the API server that races with the recorder. They are not compared.
 */
const NOISE =
  /mirror pod|current node from lister|pod_container_deletor|container_log_manager|remote_runtime|remote_image|kuberuntime_image|container_manager_linux|helpers\.go|manager\.go|node "\S+" not found|[Ee]viction manager|reflector|event\.go|controller\.go|kubelet_node_status|cri_stats_provider|status_manager|kubelet\.go:(?!1379)|server\.go:361|nodelease|certificate_manager|volume|container_gc|http: TLS|log\.go|csi|lease|sysctl|pod_workers|dynamic_|qos_|cgroup|info\.go|machine\.go|fs\.go|swap|memory cgroup|aws_cred|Failed to set rlimit|oom|iptables|kubelet_network|factory|watcher|image_gc|plugin|kuberuntime|pleg|pod "|transport|ImageFsInfo|unschedulable|backoff|secret\.go|server_v1|ratelimit|rpc error|request\.go/;

/** Warnings as a set of normalised records. */
export function warningsOf(records: readonly string[]): string[] {
  const kept = records
    .map((r) => normalizeText(r).slice(0, 1400))
    .filter(
      (r) =>
        /^Flag |^[WE] |lenient decoding/.test(r) && (!NOISE.test(r.split("\n")[0] ?? "") || /lenient decoding/.test(r)),
    );
  const deprecated = kept.filter((r) => r.startsWith("Flag "));
  const others = [...new Set(kept.filter((r) => !r.startsWith("Flag ")))].sort();
  return [...deprecated, ...others];
}

/** A log split into records: a klog header, a `Flag` line or a panic begins one. */
export function splitRecords(log: string): string[] {
  const records: string[] = [];
  for (const line of log.split("\n")) {
    if (/^[EFWI]\d{4} |^Flag |^panic: |^Error: /.test(line) || records.length === 0) records.push(line);
    else records[records.length - 1] += `\n${line}`;
  }
  return records.map((r) => r.trimEnd()).filter((r) => r !== "");
}

function fatalOf(log: string): string {
  const records = splitRecords(log);
  const last = (pattern: RegExp): string | undefined => records.filter((r) => pattern.test(r)).at(-1);
  const text = last(/^F\d/) ?? last(/^E\d|^panic:|^Error:/) ?? "";
  return text.startsWith("panic:") ? (text.split("\n")[0] as string) : text;
}

const listeningOf = (list: ReplayedStart["listening"]): string =>
  list
    .map((l) => `${l.address}:${l.port}/${l.family}`)
    .sort()
    .join(" ");

export function compareStart(recorded: RecordedCase, got: ReplayedStart): string[] {
  const differs: string[] = [];
  const { start } = recorded;
  if (start.ok !== got.ok)
    return [
      `started ${got.ok}, recorded ${start.ok}: ${normalizeFatal(got.ok ? (start.fatalMessage ?? "") : fatalOf(got.log)).slice(0, 300)}`,
    ];
  if (!start.ok && start.exitCode !== got.exitCode) differs.push(`exit ${got.exitCode}, recorded ${start.exitCode}`);
  if (!start.ok && start.exitedCleanly !== true) {
    const [mine, theirs] = [normalizeFatal(fatalOf(got.log)), normalizeFatal(start.fatalMessage ?? "")];
    if (mine !== theirs)
      differs.push(`fatal ${JSON.stringify(mine.slice(0, 400))}, recorded ${JSON.stringify(theirs.slice(0, 400))}`);
  }
  // The help text is in our own words; --version is a fact.
  if (
    start.exitedCleanly === true &&
    /^Kubernetes v/.test(start.stdout ?? "") &&
    start.stdout?.trim() !== got.stdout.trim()
  )
    differs.push(`stdout ${JSON.stringify(got.stdout)}`);
  if (start.ok) {
    const theirs = warningsOf(start.warnings ?? []);
    const mine = warningsOf(splitRecords(got.log));
    const cut = (start.warnings ?? []).length >= 15;
    const missing = theirs.filter((w) => !mine.includes(w));
    // The recorder kept the first 40 lines before it left out its own noise, so requests late in a case left no line.
    const late = (w: string): boolean =>
      cut && /Unable to authenticate|Authorization error|proxying request|Unhandled Error/.test(w);
    const extra = mine.filter((w) => !theirs.includes(w) && !late(w));
    const flags = (list: readonly string[]): string => list.filter((w) => w.startsWith("Flag ")).join("\n");
    if (missing.length + extra.length > 0)
      differs.push(
        `warnings: missing ${JSON.stringify(missing.map((w) => w.slice(0, 200)))}, extra ${JSON.stringify(extra.map((w) => w.slice(0, 200)))}`,
      );
    else if (flags(mine) !== flags(theirs)) differs.push("deprecation lines differ in number or order");
    const [l1, l2] = [listeningOf(got.listening), listeningOf(recorded.listening)];
    if (l1 !== l2) differs.push(`listening ${l1}, recorded ${l2}`);
  }
  return differs;
}

// --- bodies ---

const COMPARED_HEADERS = [
  "content-type",
  "content-length",
  "x-content-type-options",
  "location",
  "allow",
  "upgrade",
  "connection",
  "sec-websocket-protocol",
];
const MOVING = /^\/(pods|runningpods|metrics|stats\/summary|statusz|flagz)(\/|$|\?)/;

/** Times, ids, addresses and numbers of a pod list become marks. */
function shapeOf(json: string): string {
  return (
    json
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
      .replace(/[0-9a-f]{32,64}/g, "HEX")
      .replace(/10\.244\.\d+\.\d+/g, "PODIP")
      .replace(/"restartCount":\d+/g, '"restartCount":N')
      .replace(/"lastState":\{"terminated":\{[^}]*\}\}/g, '"lastState":{}')
      // The recording's small runtime named images by checksum alone.
      .replace(/"image(ID)?":"(docker\.io\/[^"]*|sha256:HEX)"/g, '"image$1":"IMAGE"')
  );
}

/** A pod list in every order of its items, since the order moves. */
function orders(body: string): string[] {
  try {
    const list = JSON.parse(body) as { items: unknown[] | null };
    if (list.items === null || list.items.length < 2) return [body];
    return [list.items, [...list.items].reverse()].map((items) => `${JSON.stringify({ ...list, items })}\n`);
  } catch {
    return [body];
  }
}

function samePods(recorded: RecordedRequest, got: string): boolean {
  const wanted = shapeOf(recorded.body);
  const whole = recorded.bodyTruncated !== true;
  return orders(got).some((order) => {
    const mine = shapeOf(order);
    // The last word of a cut body may be half a time or id.
    return whole ? mine === wanted : mine.startsWith(wanted.slice(0, Math.max(60, wanted.length - 70)));
  });
}

/** Metric families in order, by name and type, as far as the recorded text is whole. */
function families(text: string, cut: boolean): string[] {
  const lines = text.split("\n");
  if (cut) lines.pop();
  return lines.flatMap((line) => /^# TYPE (\S+ \S+)$/.exec(line)?.[1] ?? []);
}

function sameMetrics(recorded: RecordedRequest, got: string): boolean {
  // Whether health checks were already counted when the page was asked for is a race: equal cases were recorded both ways.
  const settled = (list: string[]): string[] =>
    recorded.path === "/metrics/slis" ? list.filter((family) => !family.startsWith("kubernetes_healthcheck")) : list;
  const wanted = settled(families(recorded.body, recorded.bodyTruncated === true));
  const mine = settled(families(got, false));
  if (recorded.path === "/metrics/slis" && recorded.bodyTruncated === true) return true;
  if (recorded.bodyTruncated !== true && recorded.path !== "/metrics" && wanted.length !== mine.length) return false;
  return wanted.every((family, i) => mine[i] === family);
}

/** Keys of a JSON text in order, network interfaces aside. */
function keysOf(text: string): string[] {
  return [...text.replace(/"interfaces": \[[^\]]*\]?/, '"interfaces"').matchAll(/"(\w[\w-]*)":/g)].map(
    (m) => m[1] as string,
  );
}

function sameKeys(recorded: RecordedRequest, got: string): boolean {
  const wanted = keysOf(recorded.body);
  const mine = keysOf(got);
  return recorded.bodyTruncated === true ? wanted.every((key, i) => mine[i] === key) : wanted.join() === mine.join();
}

function sameStatus(recorded: RecordedRequest, got: string): boolean {
  // The mark between name and value is drawn by lot, so that nobody parses the page.
  const plain = (text: string): string =>
    text
      .replace(
        /^(Started|Up|Go version|Binary version|Emulation version|Paths|[a-z][\w-]*)(: {0,2}|= ?| {1,2})/gm,
        "$1 ",
      )
      .replace(/Started.*/, "Started")
      .replace(/Up.*/, "Up");
  const wanted = plain(recorded.body);
  const cut = recorded.bodyTruncated === true;
  return cut ? plain(got).startsWith(wanted.slice(0, Math.max(170, wanted.length - 20))) : plain(got) === wanted;
}

function sameBody(recorded: RecordedRequest, got: ReplayedRequest): boolean {
  const path = recorded.path.split("?")[0] as string;
  if (recorded.status === 200 && MOVING.test(path)) {
    if (path.startsWith("/metrics")) return sameMetrics(recorded, got.body);
    if (path.startsWith("/stats")) return sameKeys(recorded, got.body);
    return path === "/statusz" || path === "/flagz" ? sameStatus(recorded, got.body) : samePods(recorded, got.body);
  }
  const mine = got.body.replace(/\udcff|[\udc80-\udcff]/g, "\ufffd");
  if (recorded.bodyTruncated === true) return recorded.bodyLength === got.bodyLength && mine.startsWith(recorded.body);
  return mine === recorded.body;
}

/** The place where two bodies part. */
function describeBody(recorded: RecordedRequest, got: ReplayedRequest): string {
  if (recorded.path.startsWith("/metrics") && recorded.status === 200) {
    const [list, own] = [families(recorded.body, recorded.bodyTruncated === true), families(got.body, false)];
    const i = list.findIndex((family, n) => own[n] !== family);
    return `metric family ${i} of ${list.length}: ${own[i]}, recorded ${list[i]}`;
  }
  const mine = shapeOf(got.body);
  const wanted = shapeOf(recorded.body);
  let at = 0;
  while (at < mine.length && mine[at] === wanted[at]) at++;
  const from = Math.max(0, at - 60);
  return `body (${got.bodyLength}, recorded ${recorded.bodyLength}) parts at ${at}: ${JSON.stringify(mine.slice(from, at + 100))}, recorded ${JSON.stringify(wanted.slice(from, at + 100))}`;
}

export function compareRequest(recorded: RecordedRequest, got: ReplayedRequest): string[] {
  const differs: string[] = [];
  if (recorded.exitCode !== got.exitCode) differs.push(`curl exit ${got.exitCode}, recorded ${recorded.exitCode}`);
  if (normalizeText(recorded.stderr) !== normalizeText(got.stderr))
    differs.push(
      `stderr ${JSON.stringify(got.stderr.slice(0, 160))}, recorded ${JSON.stringify(recorded.stderr.slice(0, 160))}`,
    );
  if (recorded.status !== got.status)
    differs.push(`status ${got.status}, recorded ${recorded.status}: ${JSON.stringify(got.body.slice(0, 100))}`);
  else if ((recorded.statusLine ?? "").trim() !== (got.statusLine ?? "").trim())
    differs.push(`status line ${got.statusLine}, recorded ${recorded.statusLine}`);
  const moving = recorded.status === 200 && MOVING.test(recorded.path);
  for (const name of COMPARED_HEADERS) {
    // The recorder shortened the kubelet's own path in this body, but not its length.
    if (name === "content-length" && (moving || recorded.path === "/debug/pprof/cmdline")) continue;
    if (recorded.headers[name] !== got.headers[name])
      differs.push(`${name} ${got.headers[name]}, recorded ${recorded.headers[name]}`);
  }
  if (recorded.status === got.status && !sameBody(recorded, got)) differs.push(describeBody(recorded, got));
  return differs;
}

/** A review's question with its keys in order; ids of credentials and accounts are drawn anew each time. */
const questionOf = (spec: unknown): string =>
  JSON.stringify(spec, (key, value: unknown) => {
    if (key === "uid" || key === "authentication.kubernetes.io/credential-id") return "ID";
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });

/** Recorded questions with whether the replayed kubelet asked them too; and those that it alone asked. */
export function compareReviews(recorded: readonly unknown[], got: readonly unknown[]): Map<string, string | undefined> {
  const [theirs, mine] = [new Set(recorded.map(questionOf)), new Set(got.map(questionOf))];
  return new Map([
    ...[...theirs].map((q) => [q, mine.has(q) ? undefined : "was not asked"] as const),
    ...[...mine].filter((q) => !theirs.has(q)).map((q) => [q, "was not asked by the real one"] as const),
  ]);
}
