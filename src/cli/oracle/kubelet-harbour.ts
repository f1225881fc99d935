// Area I of the kubelet recordings: what kubectl gets where the API server goes on to the kubelet, for both kubelets.

import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { readToEnd } from "../../../sandbox/lib/read-to-end.ts";
import { normalizeText } from "./kubelet-compare.ts";
import { APISERVER, run, startDaemon } from "./kubelet-run.ts";
import { createCaseFleet, WORK, type World } from "./kubelet-world.ts";
import type { CaseResult } from "./recordings.ts";

interface RecordedCommand {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HarbourCase {
  readonly id: string;
  readonly version: string;
  readonly apiserverFlags: readonly string[];
  readonly apiserver: { readonly ok: boolean; readonly exitCode: number | null };
  readonly kubeletFlags: readonly string[] | null;
  readonly kubeletConfig: string | null;
  readonly commands: readonly RecordedCommand[];
}

const SETTLE = 4000;

/** Texts of two runs without what never repeats: times, ages, ids, sizes of the machines, numbers of metrics. */
function plain(text: string, command: string): string {
  const common = normalizeText(text)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, "TIME")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,64}/g, "HEX")
    .replace(/resourceVersion: "\d+"/g, "resourceVersion")
    .replace(/10\.244\.\d+\.\d+/g, "PODIP")
    // What the recording's small runtime says for images that it does not run.
    .replace(/^\w+: (starting|ready|listening on :8080)\n?/gm, "")
    .replace(/read tcp \S+->/g, "read tcp ")
    .replace(/"image(ID)?":"(docker\.io\/[^"]*|sha256:HEX)"/g, '"image$1":"IMAGE"')
    .replace(/"restartCount":\d+/g, '"restartCount":N')
    .replace(/"lastState":\{"terminated":\{[^}]*\}\}/g, '"lastState":{}');
  if (command.includes("describe node"))
    return common
      .replace(/(ephemeral-storage|memory):( +)\d+\w*/g, "$1: SIZE")
      .replace(/Kernel Version: .*/, "KERNEL")
      .replace(/\d+[smh]\b/g, "AGE")
      .replace(/ +/g, " ");
  if (/proxy\/metrics/.test(command))
    return [...common.matchAll(/^# TYPE (\S+ \S+)$/gm)]
      .map((m) => m[1])
      .slice(0, 20)
      .join("\n");
  if (/stats\/summary/.test(command))
    return [...common.replace(/"interfaces": \[[^\]]*\]?/, "").matchAll(/"(\w[\w-]*)":/g)]
      .map((m) => m[1])
      .slice(0, 40)
      .join(" ");
  if (/get (nodes|pods) .*wide/.test(command))
    return common
      .replace(/ +/g, " ")
      .replace(/\b(\d+[smhd])+\b/g, "AGE")
      .replace(/ \d+ (\(AGE ago\) )?AGE/g, " N AGE")
      .replace(/\S+ \(amd64\)|\d+\.\d+\.\d+-\S+/g, "KERNEL");
  return common;
}

/** Pods come in any order. */
function orders(text: string): string[] {
  try {
    const list = JSON.parse(text) as { kind?: string; items?: unknown[] };
    if (list.kind !== "PodList" || list.items === undefined) return [text];
    return [list.items, [...list.items].reverse()].map((items) => `${JSON.stringify({ ...list, items })}\n`);
  } catch {
    return [text];
  }
}

/** The recorder cut long outputs. */
function sameOutput(wanted: string, got: string, command: string): boolean {
  const cut = wanted.length >= 1900;
  const theirs = plain(wanted, command);
  return orders(got).some((order) => {
    const mine = plain(order, command);
    return cut ? mine.startsWith(theirs.slice(0, Math.max(60, theirs.length - 70))) : mine === theirs;
  });
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function* typeLine(sys: Sys, line: string): Task<Outcome> {
  const [out, err] = [sys.pipe(), sys.pipe()];
  const nothing = sys.open("/dev/null", { read: true });
  const pid = sys.spawn({
    path: "/bin/bash",
    argv: ["bash", "-c", line],
    cwd: WORK,
    env: { HOME: "/root", PATH: "/usr/bin:/bin" },
    fds: { 0: nothing as number, 1: out.write, 2: err.write },
    session: true,
  });
  for (const fd of [out.write, err.write, nothing as number]) sys.close(fd);
  if (isErrno(pid)) return { exitCode: 127, stdout: "", stderr: pid.text };
  const stderr = decode(yield* readToEnd(sys, err.read));
  const stdout = decode(yield* readToEnd(sys, out.read));
  const ended = yield* sys.waitpid(pid);
  const code = ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" ? ended.status.code : -1;
  return { exitCode: code, stdout, stderr };
}

const STOPPED = /kubelet-stopped/;

export function replayHarbour(world: World, recorded: HarbourCase): CaseResult[] {
  const { id, version } = recorded;
  const group = `${version} API server`;
  const fleet = createCaseFleet(world, { config: recorded.kubeletConfig, dropins: {}, version, stockKernel: false });
  const flags = [
    ...(recorded.kubeletConfig === null ? [] : ["--config=/var/lib/kubelet/config.yaml"]),
    "--kubeconfig=/etc/kubernetes/kubelet.conf",
    ...(version.startsWith("1.20")
      ? ["--container-runtime=remote", "--container-runtime-endpoint=unix:///run/containerd/containerd.sock"]
      : []),
    ...(recorded.kubeletFlags ?? []),
  ];
  const started = run(fleet, function* (sys): Task<{ ok: boolean; exitCode: number | null }> {
    yield* startDaemon(sys, "/usr/bin/containerd", ["containerd"], "containerd");
    yield* startDaemon(sys, "/usr/bin/etcd", ["etcd"], "etcd");
    const argv = [
      ...APISERVER,
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      ...recorded.apiserverFlags,
    ];
    const pid = yield* startDaemon(sys, "/usr/bin/kube-apiserver", argv, "kube-apiserver", WORK);
    yield* sys.sleep(SETTLE);
    if (!STOPPED.test(id)) yield* startDaemon(sys, "/usr/bin/kubelet", ["/usr/bin/kubelet", ...flags], "kubelet");
    yield* sys.sleep(SETTLE);
    const ended = yield* sys.waitpid(pid, { noHang: true });
    const done = ended !== undefined && !isErrno(ended);
    return { ok: !done, exitCode: done && ended.status.kind === "exited" ? ended.status.code : null };
  });
  const same = started.ok === recorded.apiserver.ok && started.exitCode === recorded.apiserver.exitCode;
  const results: CaseResult[] = [
    { id, group, agree: same, differs: same ? [] : [`the API server: ${JSON.stringify(started)}`] },
  ];
  if (STOPPED.test(id))
    // The node was there, and its pods, when the kubelet was stopped.
    run(fleet, function* (sys): Task<number> {
      const pid = yield* startDaemon(sys, "/usr/bin/kubelet", ["/usr/bin/kubelet", ...flags], "kubelet");
      yield* sys.sleep(SETTLE);
      sys.kill(pid, "SIGTERM");
      yield* sys.sleep(500);
      return 0;
    });
  for (const { command, exitCode, stdout, stderr } of recorded.commands) {
    // The small runtime ended an attached session at once with a word of its own.
    if (stdout === "attached\n") continue;
    const differs: string[] = [];
    try {
      const got = run(fleet, (sys) => typeLine(sys, command), 60_000);
      if (got.exitCode !== exitCode) differs.push(`exit ${got.exitCode}, recorded ${exitCode}`);
      if (plain(got.stderr, command) !== plain(stderr, command))
        differs.push(
          `stderr ${JSON.stringify(got.stderr.slice(0, 300))}, recorded ${JSON.stringify(stderr.slice(0, 300))}`,
        );
      if (!sameOutput(stdout, got.stdout, command))
        differs.push(
          `stdout ${JSON.stringify(plain(got.stdout, command).slice(0, 3000))}, recorded ${JSON.stringify(plain(stdout, command).slice(0, 3000))}`,
        );
    } catch (error) {
      differs.push(String(error));
    }
    results.push({ id: `${id} ${command}`, group, agree: differs.length === 0, differs });
  }
  return results;
}
