// Replays the kubelet recordings: each case starts a kubelet on a machine of its own and types the recorded curl lines.

import type { Fleet } from "../../../sandbox/fleet.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Task } from "../../../sandbox/kernel/sys.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { readToEnd } from "../../../sandbox/lib/read-to-end.ts";
import {
  compareRequest,
  compareReviews,
  compareStart,
  type RecordedCase,
  type RecordedRequest,
  type ReplayedRequest,
  type ReplayedStart,
} from "./kubelet-compare.ts";
import { type HarbourCase, replayHarbour } from "./kubelet-harbour.ts";
import { APISERVER, run, startDaemon } from "./kubelet-run.ts";
import { createCaseFleet, createWorld, WORK, type World } from "./kubelet-world.ts";
import { type CaseResult, defaultFiles, readLines, type SuiteResult, summarize } from "./recordings.ts";

const SETTLE = 3000;

/** Words of a recorded command line; only what those lines use: quotes and variables. */
export function splitWords(line: string, env: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (c === " " || c === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      word = (word ?? "") + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      const end = line.indexOf('"', i + 1);
      word = (word ?? "") + line.slice(i + 1, end).replace(/\$(\w+)/g, (_, name: string) => env[name] ?? "");
      i = end;
    } else word = (word ?? "") + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function replayStart(fleet: Fleet, recorded: RecordedCase): ReplayedStart {
  const withApi = recorded.flags.some((f) => f.startsWith("--kubeconfig")) && recorded.apiserver !== "none";
  return run(fleet, function* (sys): Task<ReplayedStart> {
    yield* startDaemon(sys, "/usr/bin/containerd", ["containerd"], "containerd");
    if (withApi) {
      yield* startDaemon(sys, "/usr/bin/etcd", ["etcd", "--data-dir=/var/lib/etcd"], "etcd");
      yield* startDaemon(sys, "/usr/bin/kube-apiserver", APISERVER, "kube-apiserver");
    }
    yield* sys.sleep(20);
    const pid = yield* startDaemon(sys, "/usr/bin/kubelet", ["/usr/bin/kubelet", ...recorded.flags], "kubelet");
    yield* sys.sleep(SETTLE);
    const ended = yield* sys.waitpid(pid, { noHang: true });
    const done = ended !== undefined && !isErrno(ended);
    const listening = sys
      .sockets()
      .filter((s) => s.state === "LISTEN" && s.family === "tcp" && s.owners.some((o) => o.pid === pid))
      .map((s) => {
        const wild = s.local === "::" || s.local === "" || s.local === "*";
        return {
          address: wild ? "*" : s.local,
          port: s.localPort,
          family: wild || s.local.includes(":") ? "tcp6" : "tcp",
        };
      });
    const read = (file: string): string => {
      const data = sys.readFile(file);
      return isErrno(data) ? "" : decode(data);
    };
    const exitCode = done && ended.status.kind === "exited" ? ended.status.code : null;
    // What the recorder took for the kubelet's serving certificate: the pair given, else the one it made.
    const given = /kubelet(-localhost)?\.crt/.exec(`${recorded.config ?? ""} ${recorded.flags.join(" ")}`)?.[0];
    const made = sys.readFile(
      given === undefined ? "/var/lib/kubelet/pki/kubelet.crt" : `/etc/kubernetes/pki/${given}`,
    );
    const anything = isErrno(made) ? sys.readFile("/etc/kubernetes/pki/kubelet.crt") : made;
    if (!isErrno(anything)) sys.writeFile(`${WORK}/kubelet-serving.crt`, anything);
    return { ok: !done, exitCode, log: read("/tmp/kubelet.err"), stdout: read("/tmp/kubelet.out"), listening };
  });
}

/** The blocks of a -D file: the last is the answer's. */
function parseHeaders(text: string): {
  statusLine: string | null;
  status: number | null;
  headers: Record<string, string>;
} {
  const blocks = text.split(/\r?\n\r?\n/).filter((b) => b.trim() !== "");
  const block = blocks.at(-1);
  if (block === undefined) return { statusLine: null, status: null, headers: {} };
  const [statusLine = "", ...lines] = block.split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  const status = /^HTTP\/[\d.]+ (\d+)/.exec(statusLine)?.[1];
  return { statusLine, status: status === undefined ? null : Number(status), headers };
}

function replayRequest(fleet: Fleet, world: World, recorded: RecordedRequest): ReplayedRequest {
  const words = splitWords(recorded.curl, world.env);
  const argv = [...words, "-D", "/tmp/headers", "-o", "/tmp/body", "--max-time", "4"];
  return run(
    fleet,
    function* (sys): Task<ReplayedRequest> {
      sys.unlink("/tmp/headers");
      sys.unlink("/tmp/body");
      const errors = sys.pipe();
      const pid = sys.spawn({
        path: "/usr/bin/curl",
        argv,
        cwd: WORK,
        fds: { 2: errors.write },
        env: { ...world.env, HOME: "/root", PATH: "/usr/bin" },
      });
      sys.close(errors.write);
      if (isErrno(pid)) throw new Error(`curl: ${pid.text}`);
      const stderr = decode(yield* readToEnd(sys, errors.read));
      const ended = yield* sys.waitpid(pid);
      const status = ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" ? ended.status.code : -1;
      const head = sys.readFile("/tmp/headers");
      const body = sys.readFile("/tmp/body");
      const bytes = isErrno(body) ? new Uint8Array(0) : body;
      // With -I curl writes the headers into the body's file; the recorder kept none of them.
      const headersOnly = words.includes("-I");
      if (headersOnly)
        return {
          exitCode: status,
          stderr,
          ...parseHeaders(isErrno(head) ? "" : decode(head)),
          body: "",
          bodyLength: 0,
        };
      return {
        exitCode: status,
        stderr,
        ...parseHeaders(isErrno(head) ? "" : decode(head)),
        body: decode(bytes),
        bodyLength: bytes.length,
      };
    },
    20_000,
  );
}

export function replayCase(world: World, recorded: RecordedCase): CaseResult[] {
  const fleet = createCaseFleet(world, {
    config: recorded.config,
    dropins: recorded.dropins ?? {},
    version: recorded.version,
    stockKernel: recorded.id.includes("stock-sysctls"),
  });
  const group = recorded.version;
  const results: CaseResult[] = [];
  let started: ReplayedStart;
  try {
    started = replayStart(fleet, recorded);
  } catch (error) {
    return [{ id: recorded.id, group: `${group} starts`, agree: false, differs: [String(error)] }];
  }
  for (const request of recorded.requests) {
    let differs: string[];
    try {
      differs = started.ok
        ? compareRequest(request, replayRequest(fleet, world, request))
        : ["the kubelet did not start"];
    } catch (error) {
      differs = [String(error)];
    }
    results.push({
      id: `${recorded.id} ${request.id}`,
      group: `${group} requests`,
      agree: differs.length === 0,
      differs,
    });
  }
  // Warnings are those of the whole case, so the log is read again at the end.
  const log = run(fleet, function* (sys): Task<string> {
    const data = sys.readFile("/tmp/kubelet.err");
    return isErrno(data) ? "" : decode(data);
  });
  if (recorded.reviews !== undefined)
    for (const [question, why] of compareReviews(recorded.reviews, askedReviews(fleet)))
      results.push({
        id: `${recorded.id} review ${question}`,
        group: `${group} reviews`,
        agree: why === undefined,
        differs: why === undefined ? [] : [why],
      });
  const differs = compareStart(recorded, { ...started, log });
  return [{ id: recorded.id, group: `${group} starts`, agree: differs.length === 0, differs }, ...results];
}

/** SubjectAccessReviews of the case: the kubelet remembers each by its question. */
function askedReviews(fleet: Fleet): unknown[] {
  const processes = [...fleet.machine("node01").state.processes.values()];
  const kept = processes.find((each) => each.program.startsWith("kubelet"))?.kept as
    | { decisions?: ReadonlyMap<string, unknown> }
    | undefined;
  return [...(kept?.decisions?.keys() ?? [])].map((question) => JSON.parse(question) as unknown);
}

/** Replays the cases of files, those of the repository where none are given; `onCase` hears of each as it is done. */
export async function runKubeletSuite(
  files: readonly string[],
  onCase?: (results: readonly CaseResult[]) => void,
  only?: (id: string) => boolean,
): Promise<SuiteResult> {
  const world = await createWorld();
  const cases: CaseResult[] = [];
  const own = files.length === 0 ? [...defaultFiles("kubelet"), ...defaultFiles("apiserver-kubelet")] : files;
  for (const file of own)
    for (const recorded of readLines<RecordedCase | HarbourCase>(file)) {
      if (only !== undefined && !only(recorded.id)) continue;
      const results = "apiserverFlags" in recorded ? replayHarbour(world, recorded) : replayCase(world, recorded);
      onCase?.(results);
      cases.push(...results);
    }
  return summarize("kubelet", cases);
}
