// Replays the recordings of kubectl, kube-apiserver and kubeadm: the cluster of kubectl-base.json, the case's setup, the line typed.

import { Fleet, type FleetState } from "../../../sandbox/fleet.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { Programs } from "../../../sandbox/programs.ts";
import { collectOutput, type Outcome } from "./collect.ts";
import { compareOutcome, type Recorded, type Step } from "./kubectl-compare.ts";
import { bootCluster, type KubectlBase } from "./kubectl-world.ts";
import {
  type CaseResult,
  defaultFiles,
  findBase,
  readLines,
  readText,
  type SuiteResult,
  summarize,
} from "./recordings.ts";

export interface KubectlCaseResult extends CaseResult {
  readonly recorded: Recorded;
  readonly replayed: Outcome;
}

const SECOND = 1_000;
/** Virtual time a command may take: kubeadm gives up after five minutes. */
const PATIENCE: Readonly<Record<string, number>> = { kubeadm: 330 * SECOND };
const USUAL_PATIENCE = 60 * SECOND;
/** Time for watches to be taken up again after a copy. */
const PAUSE = 2 * SECOND;
/** Time in which the cluster comes to rest before the first case. */
const SETTLE = 30 * SECOND;
/** How old base.yaml's pods were when it was applied for what had failed, when the base state was taken, and at a scenario's first case. */
const AGES = { again: 25 * SECOND, base: 71 * SECOND, cases: 125 * SECOND };
/** Scenarios that saw the pods of the first application, made before node01 was ready; those of the others were made anew. */
const FIRST = /^(?:version|clusterinfo|config|configset|nodes|pods|misspelt)\./;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Runs `bash -c` as the recorder did and collects what comes out. */
function* shellTask(
  sys: Sys,
  line: string,
  stdin: string | undefined,
  env: Readonly<Record<string, string>>,
  patience: number,
  keep: (outcome: Outcome) => void,
): Task<number> {
  const output = sys.pipe();
  const error = sys.pipe();
  const input = stdin === undefined ? undefined : sys.pipe();
  const nothing = sys.open("/dev/null", { read: true });
  const pid = sys.spawn({
    path: "/bin/bash",
    argv: ["bash", "-c", line],
    cwd: "/root",
    env: { ...sys.env, PATH, LANG: "C.UTF-8", TZ: "UTC", TERM: "xterm", HOME: "/root", ...env },
    fds: { 0: input?.read ?? (nothing as number), 1: output.write, 2: error.write },
    session: true,
  });
  for (const fd of [output.write, error.write, input?.read, nothing as number]) if (fd !== undefined) sys.close(fd);
  if (isErrno(pid)) {
    keep({ stdout: "", stderr: `bash: ${pid.text}`, exitCode: 127 });
    return 1;
  }
  if (input !== undefined) {
    yield* sys.write(input.write, stdin ?? "");
    sys.close(input.write);
  }
  keep(yield* collectOutput(sys, pid, { stdout: output.read, stderr: error.read }, sys.now() + patience));
  return 0;
}

/** Clusters that cases begin with: our own cases' (`seeded`), with a third machine, with pods of the first application or made anew, at the time of the base state. */
type Worlds = Record<"fresh" | "seeded" | "first" | "later" | "young", FleetState>;

const worldOf = (recorded: Recorded): keyof Worlds =>
  recorded.machine === "node02"
    ? "fresh"
    : recorded.id.startsWith("more-")
      ? "seeded"
      : FIRST.test(recorded.id)
        ? "first"
        : recorded.setup.some(({ note = "" }) => MOMENT.test(note))
          ? "young"
          : "later";

/** A case that was taken at a moment: while a pod was in a state, or straight after the last step of its setup. */
const MOMENT = /^taken while the pod is in (\w+)$/;
const AT_ONCE = /^at once after /;

class Replayer {
  readonly #programs: Programs;
  readonly #base: KubectlBase;
  readonly #booted: Partial<Worlds> = {};
  /** States after setup steps of the scenario at hand. */
  #steps = new Map<string, FleetState>();
  #scenario = "";

  constructor(programs: Programs, base: KubectlBase) {
    this.#programs = programs;
    this.#base = base;
  }

  /** The cluster as a case found it. */
  async #boot(world: keyof Worlds): Promise<FleetState> {
    const known = this.#booted[world];
    if (known !== undefined) return known;
    const fleet = this.#open(
      await bootCluster(this.#programs, this.#base, world === "fresh" || world === "seeded" ? world : "made"),
    );
    await this.#settle(fleet, SETTLE);
    if (world !== "fresh" && world !== "seeded") {
      // The token with which node01 had joined.
      await this.#shell(fleet, "controlplane", `kubeadm token create ${JOIN_TOKENS[0]}`, {});
      await this.#apply(fleet, world);
    }
    // Root had talked to the server before: kubectl's discovery cache is there.
    await this.#shell(fleet, "controlplane", "kubectl get nodes", {});
    // And an earlier run had impersonated a node with its group: the API server goes on by the old way (no audit event of
    // an impersonation names a constraint).
    await this.#shell(fleet, "controlplane", "kubectl get nodes --as=system:node:node01 --as-group=system:nodes", {});
    await this.#shell(
      fleet,
      "controlplane",
      `${TOKENS}; cp /etc/kubernetes/manifests/kube-apiserver.yaml /root/kas.bak`,
      {},
    );
    // Files inside containers are the recorder's runtime's own: its images hold no bash.
    await this.#shell(fleet, "node01", "find /run/containerd -path '*/rootfs/*' -name bash -delete", {});
    const state = fleet.snapshot();
    this.#booted[world] = state;
    return state;
  }

  /** Makes what base.yaml names, as it was made: for the first time beside a node that was not ready and controllers that were about to start. */
  async #apply(fleet: Fleet, world: keyof Worlds): Promise<void> {
    const apply = () => this.#shell(fleet, "controlplane", "kubectl apply -f base.yaml", {});
    const controllers = (line: string) =>
      this.#shell(fleet, "controlplane", line.replaceAll("MANIFEST", "kube-controller-manager.yaml"), {});
    if (world === "first") {
      await this.#shell(fleet, "node01", "systemctl stop containerd", {});
      await this.#settle(fleet, 15 * SECOND);
      await controllers("mv /etc/kubernetes/manifests/MANIFEST /root; kill $(pidof kube-scheduler)");
      await this.#settle(fleet, 5 * SECOND);
    }
    await apply();
    const start = fleet.now;
    if (world === "first") {
      await this.#shell(fleet, "node01", "systemctl start containerd", {});
      await this.#settle(fleet, 12 * SECOND);
      await controllers("mv /root/MANIFEST /etc/kubernetes/manifests");
      await this.#settle(fleet, 5 * SECOND);
      await controllers("kill $(pidof kube-controller-manager)");
    }
    // Pods of a namespace that is new are refused as long as it has no ServiceAccount.
    await this.#settle(fleet, AGES.again - (fleet.now - start));
    if (world === "young") {
      await apply();
      await this.#settle(fleet, AGES.base - (fleet.now - start));
    } else {
      await this.#settle(fleet, AGES.cases - 20 * SECOND - (fleet.now - start));
      await apply();
      await this.#settle(fleet, 20 * SECOND);
    }
  }

  #open(state: FleetState): Fleet {
    return new Fleet(new Fleet(state, this.#programs, { terminals: false }).snapshot(), this.#programs, {
      terminals: false,
    });
  }

  async #settle(fleet: Fleet, ms: number): Promise<void> {
    fleet.world.goal = Math.max(fleet.world.goal, fleet.now + ms);
    while (fleet.run() === "loading") await this.#programs.loadAll([...fleet.world.wanted]);
  }

  async #shell(
    fleet: Fleet,
    machine: string,
    line: string,
    env: Readonly<Record<string, string>>,
    stdin?: string,
    patience = USUAL_PATIENCE,
  ): Promise<Outcome> {
    let outcome: Outcome = { stdout: "", stderr: "", exitCode: null };
    const keep = (one: Outcome) => {
      outcome = one;
    };
    fleet.runTask(machine, (sys) => shellTask(sys, line, stdin, env, patience, keep), { patience: patience + SECOND });
    return outcome;
  }

  async #prepare(recorded: Recorded): Promise<{ fleet: Fleet; env: Record<string, string> }> {
    const scenario = recorded.id.replace(/\..*$/, "");
    if (scenario !== this.#scenario) this.#steps = new Map();
    this.#scenario = scenario;
    const steps = recorded.setup;
    const world = worldOf(recorded);
    const fresh = world === "fresh";
    const key = (count: number) => `${world} ${recorded.machine} ${JSON.stringify(steps.slice(0, count))}`;
    let done = steps.length;
    while (done > 0 && !this.#steps.has(key(done))) done -= 1;
    let fleet = this.#open(this.#steps.get(key(done)) ?? (await this.#boot(world)));
    const env = Object.assign({}, ...steps.map((step) => step.env ?? {})) as Record<string, string>;
    for (; done < steps.length; done++) {
      const step = steps[done];
      if (step === undefined || step.base !== undefined || step.env !== undefined) continue;
      if (done === steps.length - 1 && AT_ONCE.test(recorded.note ?? "")) {
        await this.#settle(fleet, PAUSE);
        await this.#step(fleet, step, recorded.machine, env);
        return { fleet, env };
      }
      if (step.note === FRESH && !fresh) await this.#freshen(fleet, recorded.machine);
      if (step.note !== undefined && !ADDED_FLAG.test(step.note)) continue;
      await this.#step(fleet, step, recorded.machine, env);
      const state = fleet.snapshot();
      this.#steps.set(key(done + 1), state);
      fleet = this.#open(state);
    }
    await this.#makeTokens(fleet, recorded.command);
    // Daemons whose requests were in flight begin them again.
    await this.#settle(fleet, PAUSE);
    const state = steps.flatMap(({ note = "" }) => MOMENT.exec(note)?.[1] ?? [])[0];
    if (state !== undefined) await this.#awaitState(fleet, state);
    return { fleet, env };
  }

  /** Lets time go on until a pod is in a state. */
  async #awaitState(fleet: Fleet, state: string): Promise<void> {
    for (let i = 0; i < 300; i++) {
      const { stdout } = await this.#shell(fleet, "controlplane", "kubectl get pods --no-headers", {});
      if (stdout.includes(` ${state} `)) return;
      await this.#settle(fleet, 500);
    }
  }

  /** A machine that is in the cluster becomes one that never was. */
  async #freshen(fleet: Fleet, machine: string): Promise<void> {
    await this.#shell(fleet, machine, "kubeadm reset -f", {});
    await this.#shell(fleet, "controlplane", `kubectl delete node ${machine}`, {});
    await this.#settle(fleet, 5 * SECOND);
  }

  /** Tokens that a line joins with are there, as they were for the recorder. */
  async #makeTokens(fleet: Fleet, line: string): Promise<void> {
    for (const token of JOIN_TOKENS) {
      if (!line.includes(token.slice(0, 6))) continue;
      await this.#shell(fleet, "controlplane", `kubeadm token create ${token}`, {});
      await this.#settle(fleet, 5 * SECOND);
    }
  }

  /** The line with names of this replay where it holds those of the recording. */
  async #translate(fleet: Fleet, line: string, machine: string): Promise<string> {
    let text = line;
    if (text.includes("KUBELET_LOG")) {
      await this.#shell(fleet, machine, "journalctl -u kubelet -o cat > /tmp/kubelet.log", {});
      text = text.replaceAll("KUBELET_LOG", "/tmp/kubelet.log");
    }
    if (text.includes(RECORDED_CA)) {
      const listed = await this.#shell(
        fleet,
        "controlplane",
        "kubeadm token create --print-join-command --dry-run",
        {},
      );
      text = text.replaceAll(RECORDED_CA, /sha256:[0-9a-f]{64}/.exec(listed.stdout)?.[0] ?? RECORDED_CA);
    }
    if (text.includes("$MANIFEST_FLAGS")) {
      // The flags of the manifest, but for those that the line's remark takes out.
      const manifest = this.#base.files.find((file) => file.path.endsWith("/kube-apiserver.yaml"))?.content ?? "";
      const without = [...text.matchAll(/# without (.*)$/g)].flatMap(([, names = ""]) => names.split(/[ ,]+/));
      const flags = [...manifest.matchAll(/^ +- (--\S+)$/gm)]
        .map(([, flag = ""]) => flag)
        .filter((flag) => !without.includes(flag.replace(/=.*/, "")));
      text = text.replace("$MANIFEST_FLAGS", flags.join(" "));
    }
    const strange = [...new Set(text.match(/\bcsr-[a-z0-9]{5}\b/g) ?? [])].filter(
      (name) => !JSON.stringify(this.#base.objects.csr ?? []).includes(name),
    );
    if (strange.length === 0) return text;
    const listed = await this.#shell(
      fleet,
      "controlplane",
      "kubectl get csr -o name --sort-by=.metadata.creationTimestamp",
      {},
    );
    const newest = listed.stdout
      .trim()
      .split("\n")
      .filter((name) => name.includes("/csr-"))
      .at(-1)
      ?.replace(/^.*\//, "");
    return newest === undefined ? text : strange.reduce((all, name) => all.replaceAll(name, newest), text);
  }

  async #step(fleet: Fleet, step: Step, machine: string, env: Readonly<Record<string, string>>): Promise<void> {
    const where = step.node ?? machine;
    const flag = ADDED_FLAG.exec(step.note ?? "")?.[1];
    if (flag !== undefined) {
      await this.#shell(
        fleet,
        "controlplane",
        `sed -i 's#^    - kube-apiserver$#&\\n    - ${flag}#' /etc/kubernetes/manifests/kube-apiserver.yaml`,
        {},
      );
      await this.#settle(fleet, 60 * SECOND);
    }
    if (step.wait !== undefined) await this.#settle(fleet, step.wait * SECOND);
    if (step.file !== undefined) {
      await this.#shell(fleet, where, `mkdir -p "$(dirname "${step.file}")"`, {});
      fleet.writeFile(where, step.file, step.content ?? "");
    }
    await this.#makeTokens(fleet, step.run ?? "");
    if (step.run !== undefined)
      await this.#shell(fleet, where, await this.#translate(fleet, step.run, where), where === machine ? env : {});
    // The recorder went on when the kubelet had seen the change.
    if (/\/etc\/kubernetes\/manifests\//.test(step.run ?? "")) await this.#settle(fleet, 20 * SECOND);
  }

  async #terminal(fleet: Fleet, recorded: Recorded): Promise<Outcome> {
    const { cols = 80, rows = 24 } = recorded.tty ?? {};
    fleet.openTerminal("t", recorded.machine, "root", { columns: cols, rows });
    await this.#settle(fleet, SECOND);
    fleet.type("t", "cd /root; PS1=; clear\r");
    await this.#settle(fleet, SECOND);
    fleet.screen("t");
    fleet.type("t", `bash -c ${JSON.stringify(recorded.command).replaceAll("$", "\\$")}\r`);
    await this.#settle(fleet, 2 * SECOND);
    for (const typed of recorded.keys ?? []) {
      fleet.type("t", typed);
      await this.#settle(fleet, SECOND);
    }
    const shown = fleet.screen("t");
    fleet.type("t", "\x15echo status=$?\r");
    await this.#settle(fleet, SECOND);
    const status = /[\r\n]status=(\d+)/.exec(fleet.screen("t"))?.[1];
    // The recorder ran the line itself on the terminal: the shell's own echo and marks are not part of it.
    const stdout = shown
      .replace(/^[\s\S]*?\x1b\[\?2004l\r/, "")
      .replace(/\x1b\[\?2004[hl]\r?/g, "")
      .replace(/\^C\r?\n$/, "^C");
    return { stdout, stderr: "", exitCode: status === undefined ? null : Number(status) };
  }

  async replay(recorded: Recorded): Promise<KubectlCaseResult> {
    const { fleet, env } = await this.#prepare(recorded);
    const patience = PATIENCE[recorded.tool] ?? USUAL_PATIENCE;
    const replayed =
      recorded.tty === undefined
        ? await this.#shell(
            fleet,
            recorded.machine,
            asUser(recorded.as, await this.#translate(fleet, recorded.command, recorded.machine)),
            env,
            recorded.stdin,
            patience,
          )
        : await this.#terminal(fleet, recorded);
    const differs = compareOutcome(recorded, replayed);
    return {
      id: recorded.id,
      group: recorded.id.replace(/\..*$/, ""),
      agree: differs.length === 0,
      differs,
      recorded,
      replayed,
    };
  }
}

/** The line as an account of the machine's types it. */
const asUser = (who: string | undefined, line: string): string =>
  who === "nobody"
    ? `setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '${line.replaceAll("'", "'\\''")}'`
    : line;

/** Tokens that the recorder had made for joining nodes, and the hash of the CA they were printed with. */
const JOIN_TOKENS = ["j366ka.vwmlgsbenggwclza", "ds97mf.33xhgq460zbvgkn8", "kctv9s.w0jdnysu4kg4uewi"];
const RECORDED_CA = "sha256:ecf4da973a316f8d031b5f16f18999a45e7c54aa137e8a6c355566b7046b9806";

const FRESH = "a fresh machine";

/** A change the recorder made by hand and only noted. */
const ADDED_FLAG = /^(--\S+) added to the kube-apiserver manifest/;

/** Tokens that the recorder kept beside root's certificates. */
const TOKENS =
  "for a in prometheus node-proxy; do kubectl create token $a -n monitoring --duration=24h > pki/$a.token; done; kubectl create token viewer -n app --duration=24h > pki/viewer.token; " +
  "kubectl create token prometheus -n monitoring --audience=vault > pki/vault.token; " +
  "kubectl create sa gone -n app; kubectl create token gone -n app > pki/gone.token; kubectl delete sa gone -n app";

/** Replays the cases of files, those of the repository where none are given; `only` picks some, `onCase` hears of each as it is done. */
export async function runKubectlSuite(
  files: readonly string[],
  onCase?: (result: KubectlCaseResult) => void,
  only?: (recorded: Recorded) => boolean,
): Promise<SuiteResult> {
  const chosen = files.length === 0 ? defaultFiles("kubectl") : files;
  const place = findBase(chosen[0] ?? "kubectl", "kubectl-base.json");
  if (place === undefined) throw new Error("there is no kubectl-base.json");
  const programs = new Programs();
  // A program that cannot be loaded fails in its own cases, not in all.
  await Promise.allSettled(programs.names.map((name) => programs.load(name)));
  const replayer = new Replayer(programs, JSON.parse(readText(place)) as KubectlBase);
  const cases: KubectlCaseResult[] = [];
  for (const file of chosen)
    for (const recorded of readLines<Recorded>(file)) {
      if (only !== undefined && !only(recorded)) continue;
      let result: KubectlCaseResult;
      try {
        result = await replayer.replay(recorded);
      } catch (error) {
        const replayed = { stdout: "", stderr: "", exitCode: null };
        result = {
          id: recorded.id,
          group: recorded.id.replace(/\..*$/, ""),
          agree: false,
          differs: [String((error as Error).stack)],
          recorded,
          replayed,
        };
      }
      onCase?.(result);
      cases.push(result);
    }
  return summarize("kubectl", cases);
}
