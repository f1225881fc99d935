// Replays the recordings of the node tools: a machine from the case's base and setup, the command typed, its output compared.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Fleet, type FleetState } from "../../../sandbox/fleet.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { collectOutput, type Outcome } from "./collect.ts";
import { compareOutcome, type Recorded, type Step } from "./tools-compare.ts";
import { type Bases, bootBase, settle, ToolPrograms } from "./tools-world.ts";

export interface ToolsCaseResult {
  readonly id: string;
  readonly group: string;
  readonly agree: boolean;
  readonly differs: readonly string[];
  readonly recorded: Recorded;
  readonly replayed: Outcome;
}

/** Virtual time that a command may take. */
const PATIENCE = 60_000;
const SECOND = 1_000;
/** Scenarios that began with the kubelet stopped, as the ones recorded before them left it. */
const STOPPED = /^(?:crash|stopped|exec|vmunit)\./;
/** Scenarios of the virtual machine that were recorded late: pids had four digits by then. */
const LATER = /^(?:ports|proc|host)\./;
const LATER_PID = 2_800;
/** A first key that edits the line which was typed. */
const EDITING = /^[\x01\x02\x05\x06\x08\x0b\x15\x17\x19\x1b\x7f]/;
/** The first connection of the ssh cases, answered with yes by hand. */
const FIRST_LOGIN = "ssh -o StrictHostKeyChecking=accept-new controlplane true";
const OWN_KEY =
  "ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519; cat ~/.ssh/id_ed25519.pub >> ~/.ssh/authorized_keys";
/** What cases of a scenario changed though later setups do not repeat it: before which step (or at the end) of which cases. */
const LEFT: readonly (readonly [cases: RegExp, step: number, run: string])[] = [
  [/^ssh\.(?:0[3-9]|[1-9]\d)/, 3, FIRST_LOGIN],
  [/^ufw\.ssh\./, Number.POSITIVE_INFINITY, `${OWN_KEY}; ${FIRST_LOGIN}`],
  [/^ssh\.(?:2[2-9]|[3-9]\d)/, Number.POSITIVE_INFINITY, FIRST_LOGIN],
];
/** Time for a shell to start. */
const PAUSE = 1_000;
/** What the recorder waited between two keys: longer than a wrong password holds one up. */
const KEY_PAUSE = 3_000;

/** What the recorder did before each scenario, with the kubelet stopped. */
const EMPTY_JOURNAL = "journalctl --rotate; sleep 1; journalctl --vacuum-time=1s";
/** Time between a start of the kubelet and the first command. */
const BREATH = 15_000;

/** Whether a process lives that a snapshot would end: no service. */
function inFlight(fleet: Fleet): boolean {
  return fleet.machines.some((kernel) =>
    [...kernel.state.processes.values()].some((process) => !process.service && process.state !== "zombie"),
  );
}

/** Runs `bash -s` with the text on stdin, as the recorder did, and collects what comes out. */
function* shellTask(
  sys: Sys,
  text: string,
  terminal: boolean,
  keep: (outcome: Outcome) => void,
  folder: string | undefined,
): Task<number> {
  const input = sys.pipe();
  const error = sys.pipe();
  let output: { read: number; write: number };
  if (terminal) {
    const pty = sys.openpty({ columns: 80, rows: 24 });
    const slave = sys.open(pty.slave.startsWith("/") ? pty.slave : `/dev/${pty.slave}`, { read: true, write: true });
    output = isErrno(slave) ? sys.pipe() : { read: pty.master, write: slave };
  } else output = sys.pipe();
  const pid = sys.spawn({
    path: "/bin/bash",
    argv: ["bash", "-s"],
    env: { ...sys.env, PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    fds: { 0: input.read, 1: output.write, 2: error.write },
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  for (const fd of [input.read, output.write, error.write]) sys.close(fd);
  if (isErrno(pid)) {
    keep({ stdout: "", stderr: `bash: ${pid.text}`, exitCode: 127 });
    return 1;
  }
  yield* sys.write(input.write, text.endsWith("\n") ? text : `${text}\n`);
  sys.close(input.write);
  const outcome = yield* collectOutput(sys, pid, { stdout: output.read, stderr: error.read }, sys.now() + PATIENCE);
  keep(terminal ? { ...outcome, stdout: outcome.stdout.replaceAll("\r\n", "\n") } : outcome);
  return 0;
}

/** The command with the replay's moment where it names one of the recording. */
function since(command: string, moment: number): string {
  const text = new Date(Math.floor(moment / SECOND) * SECOND).toISOString().slice(0, 19).replace("T", " ");
  return command.replace(/(--since ")\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"/, `$1${text}"`);
}

class Replayer {
  readonly #programs: ToolPrograms;
  readonly #bases: Bases;
  /** Booted bases, and the states after the setup steps of the scenario at hand. */
  readonly #booted = new Map<string, FleetState>();
  #steps = new Map<string, FleetState>();
  /** The moment before the scenario's daemon-reload, which `--since` names, by the same keys. */
  #reloads = new Map<string, number>();
  #scenario = "";

  constructor(programs: ToolPrograms, bases: Bases) {
    this.#programs = programs;
    this.#bases = bases;
  }

  async #base(kind: string, name: string): Promise<FleetState> {
    const key = `${kind}/${name}`;
    const known = this.#booted.get(key);
    if (known !== undefined) return known;
    const state = await bootBase(this.#programs, this.#bases, kind, name);
    this.#booted.set(key, state);
    return state;
  }

  #open(state: FleetState): Fleet {
    return new Fleet(new Fleet(state, this.#programs, { terminals: false }).snapshot(), this.#programs, {
      terminals: false,
    });
  }

  /** The machine as it is before the command: the longest known part of the setup, and the rest done. */
  async #prepare(recorded: Recorded): Promise<{ fleet: Fleet; reload: number | undefined }> {
    const scenario = recorded.id.split(".").slice(0, -1).join(".");
    if (scenario !== this.#scenario) {
      this.#steps = new Map();
      this.#reloads = new Map();
    }
    this.#scenario = scenario;
    const steps = recorded.setup;
    const kind = recorded.machine;
    const key = (count: number) => `${kind} ${JSON.stringify(steps.slice(0, count))}`;
    let done = steps.length;
    while (done > 0 && !this.#steps.has(key(done))) done -= 1;
    let fleet = this.#open(this.#steps.get(key(done)) ?? (await this.#base(kind, steps[0]?.base ?? "node")));
    const hasKubelet = kind !== "chroot" && steps[0]?.base !== "showargs";
    if (done === 0 && hasKubelet) {
      if (LATER.test(recorded.id))
        for (const { state } of fleet.machines) state.nextPid = Math.max(state.nextPid, LATER_PID);
      await this.#shell(fleet, `systemctl stop kubelet; ${EMPTY_JOURNAL}`, "root", recorded);
      if (!STOPPED.test(recorded.id)) {
        await this.#shell(fleet, "systemctl start kubelet", "root", recorded);
        await settle(fleet, this.#programs, BREATH);
      }
    }
    let reload = this.#reloads.get(key(done));
    for (; done < steps.length; done++) {
      const step = steps[done];
      for (const [cases, at, run] of LEFT)
        if (at === done && cases.test(recorded.id)) await this.#shell(fleet, run, "root", recorded);
      if (step?.run?.includes("daemon-reload")) {
        await settle(fleet, this.#programs, SECOND);
        reload = fleet.now;
      }
      if (reload !== undefined) this.#reloads.set(key(done + 1), reload);
      if (step !== undefined) await this.#step(fleet, step, recorded);
      if (done === 1 && step?.run === "systemctl stop kubelet" && recorded.id.startsWith("unit."))
        await this.#shell(fleet, EMPTY_JOURNAL, "root", recorded);
      // A process in flight does not survive a snapshot: the next case then repeats the steps from the last whole state.
      if (inFlight(fleet)) continue;
      const state = fleet.snapshot();
      this.#steps.set(key(done + 1), state);
      fleet = this.#open(state);
    }
    for (const [cases, at, run] of LEFT)
      if (at >= steps.length && cases.test(recorded.id)) await this.#shell(fleet, run, "root", recorded);
    return { fleet, reload };
  }

  async #step(fleet: Fleet, step: Step, recorded: Recorded): Promise<void> {
    // "A.{crt,key} are copies of B.{crt,key}": done by hand when it was recorded.
    for (const [, to = "", from = ""] of (step.note ?? "").matchAll(
      /(\/\S+)\.\{crt,key\}(?: are copies)? of ([\w-]+)\.\{crt,key\}/g,
    )) {
      const copy = `mkdir -p ${dirname(to)}; for e in crt key; do cp -p /root/lab/${from}.$e ${to}.$e; done`;
      await this.#shell(fleet, copy, "root", recorded);
    }
    if (step.wait !== undefined) await settle(fleet, this.#programs, step.wait * 1000);
    if (step.run !== undefined) {
      const text = step.run.replace(/\r$/, "");
      // An editor wants a terminal; the recorder had one for these steps, except where the scenario is about having none.
      if (/\bEDITOR=.*systemctl edit\b/.test(text) && !recorded.id.includes("notty"))
        await this.#typeStep(fleet, text, step.user ?? "root");
      else await this.#shell(fleet, text, step.user ?? "root", recorded);
    }
    if (step.file !== undefined) {
      const path = step.file;
      const mode = Number.parseInt(step.mode ?? "644", 8);
      fleet.runTask("node01", function* (sys) {
        const folders = path.split("/").slice(1, -1);
        for (let i = 1; i <= folders.length; i++) sys.mkdir(`/${folders.slice(0, i).join("/")}`, 0o755);
        sys.writeFile(path, step.content ?? "");
        sys.chmod(path, mode);
        return 0;
      });
    }
  }

  async #typeStep(fleet: Fleet, text: string, user: string): Promise<void> {
    fleet.openTerminal("setup", "node01", user, { columns: 100, rows: 24 });
    await settle(fleet, this.#programs, PAUSE);
    fleet.type("setup", `${text}\r`);
    await settle(fleet, this.#programs, KEY_PAUSE);
    fleet.screen("setup");
    fleet.closeTerminal("setup");
    await settle(fleet, this.#programs, PAUSE);
  }

  async #shell(fleet: Fleet, text: string, user: string, recorded: Recorded, terminal = false): Promise<Outcome> {
    let outcome: Outcome = { stdout: "", stderr: "", exitCode: null };
    const folder = recorded.machine === "chroot" ? "/root/lab" : undefined;
    const keep = (one: Outcome) => {
      outcome = one;
    };
    // A program may have to be loaded first: then the whole command begins again on a fresh copy.
    fleet.runTask("node01", (sys) => shellTask(sys, text, terminal, keep, folder), { user, patience: PATIENCE + 1000 });
    return outcome;
  }

  async #terminal(fleet: Fleet, recorded: Recorded): Promise<Outcome> {
    const { cols = 80, rows = 24 } = recorded.tty ?? {};
    fleet.openTerminal("t", "node01", recorded.user, { columns: cols, rows });
    await settle(fleet, this.#programs, PAUSE);
    // The recorder started `bash --login` itself, so its messages begin with `bash:` and not with `-bash:`.
    fleet.type("t", " exec bash --login\r");
    await settle(fleet, this.#programs, PAUSE);
    fleet.screen("t");
    // The recorder's first line in every shell; it stands in the history.
    fleet.type("t", `stty cols ${cols} rows ${rows}; \r`);
    await settle(fleet, this.#programs, PAUSE);
    fleet.screen("t");
    const line = recorded.command;
    fleet.type(
      "t",
      line.endsWith("\r") ||
        (recorded.id.startsWith("bash.tty.") && EDITING.test(recorded.tty?.keys?.[0] ?? "")) ||
        /^tab\d|-tab\d/.test(recorded.id.split(".").at(-1) ?? "") ||
        recorded.tty?.keys?.some((key) => key === "\t")
        ? line
        : `${line}\r`,
    );
    await settle(fleet, this.#programs, PAUSE);
    for (const key of recorded.tty?.keys ?? []) {
      fleet.type("t", key);
      await settle(fleet, this.#programs, KEY_PAUSE);
    }
    for (let waited = 0; waited < PATIENCE && !fleet.atPrompt("t"); waited += PAUSE)
      await settle(fleet, this.#programs, PAUSE);
    const stdout = fleet.screen("t");
    if (recorded.exitCode === null) return { stdout, stderr: "", exitCode: null };
    fleet.type("t", "\x15echo status=$?\r");
    await settle(fleet, this.#programs, PAUSE);
    const status = /[\r\n]status=(\d+)/.exec(fleet.screen("t"))?.[1];
    return { stdout, stderr: "", exitCode: status === undefined ? -1 : Number(status) };
  }

  async replay(given: Recorded): Promise<ToolsCaseResult> {
    const { fleet, reload } = await this.#prepare(given);
    const recorded = reload === undefined ? given : { ...given, command: since(given.command, reload) };
    const replayed =
      recorded.tty === undefined
        ? await this.#shell(fleet, recorded.command, recorded.user, recorded, recorded.stdoutIsTty === true)
        : await this.#terminal(fleet, recorded);
    const differs = compareOutcome(recorded, replayed);
    return {
      id: recorded.id,
      group: recorded.own === true ? `own: ${recorded.tool}` : recorded.tool,
      agree: differs.length === 0,
      differs,
      recorded,
      replayed,
    };
  }
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  return file.endsWith(".gz") ? gunzipSync(bytes).toString("utf8") : bytes.toString("utf8");
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../../test/oracle");

/** Recordings of the repository. */
export function defaultToolsFiles(): string[] {
  return existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((name) => /^tools-cases.*\.jsonl(\.gz)?$/.test(name))
        .map((name) => join(FOLDER, name))
    : [];
}

/** The base file beside the cases, else the repository's. */
function readBases(file: string | undefined): Bases {
  const places = [file === undefined ? FOLDER : dirname(file), FOLDER].flatMap((folder) =>
    ["tools-base.json", "tools-base.json.gz"].map((name) => join(folder, name)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new Error(`no tools-base.json in ${places.map((place) => dirname(place)).join(" or ")}`);
  return JSON.parse(readText(found)) as Bases;
}

/** Replays all cases of the files; `only` picks some, `onCase` sees each as it ends. */
export async function runToolsSuite(
  files: readonly string[],
  onCase?: (result: ToolsCaseResult) => void,
  only?: (recorded: Recorded) => boolean,
): Promise<{
  suite: "tools";
  agree: number;
  total: number;
  groups: Record<string, { agree: number; total: number }>;
  cases: ToolsCaseResult[];
}> {
  const programs = new ToolPrograms();
  // A program that cannot be loaded fails in its own cases, not in all.
  await Promise.allSettled(programs.names.map((name) => programs.load(name)));
  const chosen = files.length > 0 ? files : defaultToolsFiles();
  const replayer = new Replayer(programs, readBases(chosen[0]));
  const cases: ToolsCaseResult[] = [];
  const groups: Record<string, { agree: number; total: number }> = {};
  for (const file of chosen) {
    for (const line of readText(file).split("\n")) {
      if (line === "") continue;
      const recorded = JSON.parse(line) as Recorded;
      if (only !== undefined && !only(recorded)) continue;
      const result = await replayer.replay(recorded);
      onCase?.(result);
      cases.push(result);
      groups[result.group] ??= { agree: 0, total: 0 };
      const group = groups[result.group] as { agree: number; total: number };
      group.total += 1;
      if (result.agree) group.agree += 1;
    }
  }
  return { suite: "tools", agree: cases.filter((one) => one.agree).length, total: cases.length, groups, cases };
}
