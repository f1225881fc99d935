// The shell suite: types recorded lines into an interactive bash whose output goes to pipes, as they were recorded
// (test/oracle/README.md), and compares stdout, stderr, exit status and the files that changed.

import { basename } from "node:path";
import { Fleet, type FleetState } from "#sandbox/fleet.ts";
import { installProgram } from "#sandbox/images/base.ts";
import { isErrno } from "#sandbox/kernel/errno.ts";
import type { Sys, Task } from "#sandbox/kernel/sys.ts";
import { concat, decode } from "#sandbox/kernel/text.ts";
import { createMachine } from "#sandbox/machine.ts";
import { Programs } from "#sandbox/programs.ts";
import {
  type CaseResult,
  defaultFiles,
  describeDifference,
  findBase,
  readLines,
  readText,
  type SuiteResult,
  summarize,
} from "./recordings.ts";

interface FileRecord {
  readonly content: string;
  readonly mode: string;
  readonly mtime?: number;
}

interface Fixtures {
  readonly meta: { readonly env: Readonly<Record<string, string>>; readonly bash: string; readonly coreutils: string };
  readonly cwd: string;
  readonly umask: string;
  readonly dirs: Readonly<Record<string, { readonly mode: string; readonly mtime: number }>>;
  readonly files: Readonly<Record<string, FileRecord>>;
}

interface ShellCase {
  readonly id: string;
  readonly setup: { readonly fixtures: string; readonly files: Readonly<Record<string, string>> };
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly after: Readonly<Record<string, Entry | null>>;
  readonly orderIndependent?: boolean;
}

const BOOT = Date.UTC(2026, 10, 21, 14, 0, 0);
const MACHINE = "node01";
/** Virtual time a case may take, ms. */
const PATIENCE = 30_000;
/** Programs that a plain Debian without Kubernetes does not have. */
const ABSENT = /^(kube|containerd|crictl|etcd)/;

/** Debian 12's name, by which the tools choose their versions (coreutils 9.1, grep 3.8). */
const OS_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';

/** The machine of the recordings, before the first case. */
function createBase(programs: Programs, fixtures: Fixtures): FleetState {
  const machine = createMachine({
    name: MACHINE,
    address: "172.30.2.2",
    seed: "shell",
    boot: BOOT,
    hosts: [],
    programs: programs.names.filter((name) => !ABSENT.test(name)),
    install: (fs) => {
      installProgram(fs, "init", "/usr/lib/init");
      fs.install("/usr/lib/os-release", { data: OS_RELEASE, mode: 0o644 });
    },
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    programs,
  );
  const kernel = fleet.machine(MACHINE);
  kernel.spawn(undefined, { path: "/usr/lib/init", argv: ["init"], fds: {} });
  fleet.run();
  fleet.runTask(MACHINE, function* (sys): Task<number> {
    layFixtures(sys, fixtures);
    return 0;
  });
  return fleet.snapshot();
}

function layFixtures(sys: Sys, { cwd, dirs, files }: Fixtures): void {
  const path = (name: string) => (name === "." ? cwd : `${cwd}/${name}`);
  for (const name of Object.keys(dirs)) sys.mkdir(path(name));
  for (const [name, file] of Object.entries(files)) {
    sys.writeFile(path(name), file.content);
    sys.chmod(path(name), Number.parseInt(file.mode, 8));
    if (file.mtime !== undefined) sys.utimes(path(name), file.mtime * 1000, file.mtime * 1000);
  }
  for (const [name, { mode, mtime }] of Object.entries(dirs)) {
    sys.chmod(path(name), Number.parseInt(mode, 8));
    sys.utimes(path(name), mtime * 1000, mtime * 1000);
  }
}

/** A file or a folder as the recordings write them. */
type Entry = { readonly content: string; readonly mode: string } | { readonly dir: true; readonly mode: string };
type Files = Record<string, Entry>;

/** All files below a folder. */
function listFiles(sys: Sys, folder: string, prefix = ""): Files {
  const found: Files = {};
  const entries = sys.readdir(folder);
  if (isErrno(entries)) return found;
  for (const { name, type } of entries) {
    if (name === "." || name === "..") continue;
    const stat = sys.stat(`${folder}/${name}`);
    if (isErrno(stat)) continue;
    const mode = stat.mode.toString(8).padStart(4, "0");
    if (type === "directory") {
      found[prefix + name] = { dir: true, mode };
      Object.assign(found, listFiles(sys, `${folder}/${name}`, `${prefix}${name}/`));
    } else if (type === "file") {
      const bytes = sys.readFile(`${folder}/${name}`);
      if (!isErrno(bytes)) found[prefix + name] = { content: decode(bytes), mode };
    }
  }
  return found;
}

interface Replay {
  stdout: string;
  stderr: string;
  exitCode: number | undefined;
  before: Files;
  after: Files;
}

function* drain(sys: Sys, fd: number): Task<string> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const bytes = yield* sys.read(fd);
    if (isErrno(bytes) || bytes.length === 0) return decode(concat(chunks));
    chunks.push(bytes);
  }
}

/** Starts bash on a terminal, with pipes for its output, and types. The second Ctrl-D is for lines that were left unfinished. */
function* typeCase(sys: Sys, recorded: ShellCase, fixtures: Fixtures, result: Replay): Task<number> {
  sys.umask(Number.parseInt(fixtures.umask, 8));
  for (const [name, content] of Object.entries(recorded.setup.files)) sys.writeFile(`${fixtures.cwd}/${name}`, content);
  result.before = listFiles(sys, fixtures.cwd);
  const { master, slave } = sys.openpty({ columns: 80, rows: 24 });
  const input = sys.open(`/dev/${slave}`, { read: true, write: true });
  if (isErrno(input)) throw new Error(`no terminal: ${input.text}`);
  const [out, err] = [sys.pipe(), sys.pipe()];
  const shell = sys.spawn({
    path: "/bin/bash",
    argv: ["bash", "--norc", "--noprofile", "--noediting", "-i"],
    env: { ...fixtures.meta.env, PS1: "", PS2: "", PWD: fixtures.cwd },
    cwd: fixtures.cwd,
    session: true,
    tty: slave,
    fds: { 0: input, 1: out.write, 2: err.write },
  });
  if (isErrno(shell)) throw new Error(`no shell: ${shell.text}`);
  for (const fd of [input, out.write, err.write]) sys.close(fd);
  sys.fork(function* (child): Task<number> {
    yield* drain(child, master);
    return 0;
  });
  const errors = sys.fork(function* (child): Task<number> {
    result.stderr = yield* drain(child, err.read);
    return 0;
  });
  sys.close(err.read);
  yield* sys.write(master, `${recorded.command}\n\x04\x04`);
  result.stdout = yield* drain(sys, out.read);
  yield* sys.waitpid(errors);
  const ended = yield* sys.waitpid(shell);
  if (ended !== undefined && !isErrno(ended) && ended.status.kind === "exited") result.exitCode = ended.status.code;
  result.after = listFiles(sys, fixtures.cwd);
  return 0;
}

/** Files that differ between two listings, as the recordings write them. */
function changes(before: Files, after: Files): Record<string, Entry | null> {
  const changed: Record<string, Entry | null> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name], after[name]];
    if (now === undefined) changed[name] = null;
    else if (JSON.stringify(old) !== JSON.stringify(now)) changed[name] = now;
  }
  return changed;
}

function sortedLines(text: string): string {
  return text.split("\n").sort().join("\n");
}

function compare(recorded: ShellCase, replay: Replay): string[] {
  const differs: string[] = [];
  const shape = recorded.orderIndependent ? sortedLines : (text: string) => text;
  const check = (name: string, wanted: string, got: string) => {
    if (shape(wanted) !== shape(got)) differs.push(describeDifference(name, wanted, got));
  };
  check("stdout", recorded.stdout, replay.stdout);
  // The recorder took away the line that an interactive shell writes when it ends.
  check("stderr", recorded.stderr, replay.stderr.replace(/exit\n$/, ""));
  if (recorded.exitCode !== replay.exitCode)
    differs.push(`exit status: wanted ${recorded.exitCode}, got ${replay.exitCode ?? "none"}`);
  const changed = changes(replay.before, replay.after);
  for (const name of new Set([...Object.keys(recorded.after), ...Object.keys(changed)])) {
    const [wanted, got] = [JSON.stringify(recorded.after[name]), JSON.stringify(changed[name])];
    if (wanted !== got) differs.push(`file ${name}: wanted ${wanted ?? "unchanged"}, got ${got ?? "unchanged"}`);
  }
  return differs;
}

async function replayCase(
  base: FleetState,
  programs: Programs,
  recorded: ShellCase,
  fixtures: Fixtures,
): Promise<CaseResult> {
  const fleet = new Fleet(base, programs).fork();
  const replay: Replay = { stdout: "", stderr: "", exitCode: undefined, before: {}, after: {} };
  const status = fleet.runTask(MACHINE, (sys) => typeCase(sys, recorded, fixtures, replay), { patience: PATIENCE });
  const { wanted } = fleet.world;
  if (wanted.size > 0) {
    // Programs arrive when they are first asked for; the case then begins anew.
    await programs.loadAll([...wanted]);
    return replayCase(base, programs, recorded, fixtures);
  }
  const differs = status === undefined ? ["it does not end"] : compare(recorded, replay);
  return { id: recorded.id, group: recorded.id.replace(/-\d+.*$/, ""), agree: differs.length === 0, differs };
}

/** Replays shell recordings. */
export async function runShellSuite(files: readonly string[]): Promise<SuiteResult> {
  const programs = new Programs();
  await programs.loadAll(["init", "bash", "bash-more"]);
  const bases = new Map<string, { state: FleetState; fixtures: Fixtures }>();
  const results: CaseResult[] = [];
  for (const file of files.length === 0 ? defaultFiles("shell") : files) {
    for (const recorded of readLines<ShellCase>(file)) {
      const path = findBase(file, recorded.setup.fixtures);
      if (path === undefined) throw new Error(`${basename(file)} needs ${recorded.setup.fixtures} beside it`);
      let base = bases.get(path);
      if (base === undefined) {
        const fixtures = JSON.parse(readText(path)) as Fixtures;
        base = { fixtures, state: createBase(programs, fixtures) };
        bases.set(path, base);
      }
      results.push(await replayCase(base.state, programs, recorded, base.fixtures));
    }
  }
  return summarize("shell", results);
}
