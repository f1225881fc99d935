// systemctl edit: a drop-in or the whole unit in the editor, by way of a temporary file.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import { viewOf } from "../../systemd/file-view.ts";
import type { Properties } from "../../systemd/protocol.ts";
import { splitWords } from "../../systemd/words.ts";
import { type Context, unitNames } from "./context.ts";

const BEGIN = "### Anything between here and the comment below will become the contents of the drop-in file";
const END = "### Edits below this comment will be discarded";

interface Plan {
  readonly target: string;
  readonly temporary: string;
  readonly content: string;
  /** Line for the cursor; 1 is not told to the editor. */
  readonly line: number;
}

/** The template of a drop-in: what there is between two marks, the unit's files below as comments. */
function template(sys: Sys, target: string, sources: readonly string[]): string {
  const view = viewOf(sys);
  let text = `### Editing ${target}\n${BEGIN}\n\n${(view.read(target) ?? "").trim()}\n\n${END}\n`;
  for (const path of sources) {
    if (path === target) continue;
    text += `\n\n### ${path}`;
    const content = (view.read(path) ?? "").trim();
    if (content !== "") text += `\n# ${content.replaceAll("\n", "\n# ")}`;
  }
  return text;
}

function temporaryName(sys: Sys, target: string): string {
  const slash = target.lastIndexOf("/");
  const random = Array.from(sys.random(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${target.slice(0, slash)}/.#${target.slice(slash + 1)}${random}`;
}

function makeFolders(sys: Sys, path: string): void {
  let made = "";
  for (const part of path.split("/").slice(1, -1)) {
    made += `/${part}`;
    sys.mkdir(made, 0o755);
  }
}

function plan(context: Context, p: Properties, name: string): Plan | undefined {
  const { sys, options, out } = context;
  const folder = options.has("runtime") ? "/run/systemd/system" : "/etc/systemd/system";
  const fragment = typeof p.FragmentPath === "string" ? p.FragmentPath : undefined;
  const full = options.has("full");
  const dropIn = (options.value("drop-in") ?? "override").replace(/(?:\.conf)?$/, ".conf");
  const target = full ? `${folder}/${name}` : `${folder}/${name}.d/${dropIn}`;
  const sources = fragment === undefined ? [] : [fragment, ...((p.DropInPaths as readonly string[] | undefined) ?? [])];
  const content = full
    ? fragment === undefined
      ? ""
      : (viewOf(sys).read(fragment) ?? "")
    : fragment === undefined
      ? ""
      : template(sys, target, sources);
  // What lies below /run has no say where /etc has a file of the same name.
  const stronger = target.replace(/^\/run\//, "/etc/");
  if (stronger !== target && !isErrno(sys.stat(stronger))) {
    out.error(`Refusing to create "${target}" because it would be overridden by "${stronger}" anyway.`);
    return undefined;
  }
  makeFolders(sys, target);
  const temporary = temporaryName(sys, target);
  const problem = sys.writeFile(temporary, content, { mode: 0o644 });
  if (problem !== undefined) {
    out.error(`Failed to create temporary file for '${target}': ${problem.text}`);
    return undefined;
  }
  return { target, temporary, content, line: full || fragment === undefined ? 1 : 4 };
}

/** Runs the editor on the files; false after saying what failed. */
function* runEditor(context: Context, plans: readonly Plan[]): Task<boolean> {
  const { sys, out } = context;
  const wanted = sys.env.SYSTEMD_EDITOR ?? sys.env.EDITOR ?? sys.env.VISUAL;
  const files = plans.map((each) => each.temporary);
  const place = plans.length === 1 && (plans[0]?.line ?? 1) > 1 ? [`+${plans[0]?.line}`] : [];
  const choices = wanted === undefined || wanted === "" ? [] : [splitWords(wanted) ?? [wanted]];
  for (const words of [...choices, ["editor"], ["nano"], ["vim"], ["vi"]]) {
    const path = findProgram(sys, words[0] ?? "");
    if (path === undefined) {
      if (words === choices[0])
        out.warning(`Specified editor '${words[0]}' not available, trying fallbacks: No such file or directory`);
      continue;
    }
    yield* out.flush();
    const pid = sys.spawn({ path, argv: [...words, ...place, ...files] });
    if (isErrno(pid)) continue;
    const ended = yield* sys.waitpid(pid);
    if (ended === undefined || isErrno(ended)) return false;
    if (ended.status.kind === "exited" && ended.status.code === 0) return true;
    const how =
      ended.status.kind === "exited"
        ? `failed with exit status ${ended.status.code}.`
        : `terminated by signal ${ended.status.signal.slice(3)}.`;
    out.error(`(editor) ${how}`);
    return false;
  }
  out.error("Cannot edit files, no editor available. Please set either $SYSTEMD_EDITOR, $EDITOR or $VISUAL.");
  return false;
}

function findProgram(sys: Sys, name: string): string | undefined {
  if (name.includes("/")) return isErrno(sys.stat(name)) ? undefined : name;
  for (const folder of (sys.env.PATH ?? "/usr/bin").split(":"))
    if (!isErrno(sys.stat(`${folder}/${name}`))) return `${folder}/${name}`;
  return undefined;
}

/** What of an edited file counts: between the marks, blanks at the ends gone. */
function keptText(text: string): string {
  const begin = text.indexOf(BEGIN);
  const from = begin < 0 ? 0 : begin + BEGIN.length;
  const end = text.indexOf(END, from);
  return (end < 0 ? text.slice(from) : text.slice(from, end)).trim();
}

function install(context: Context, each: Plan, text: string): boolean {
  const { sys, out, options } = context;
  const kept = keptText(text);
  if (kept === "") {
    sys.unlink(each.temporary);
    sys.rmdir(each.target.slice(0, each.target.lastIndexOf("/")));
    out.notice(
      options.has("stdin")
        ? "Stripped stdin content is empty, not writing file."
        : `${each.target}: after editing, new contents are empty, not writing file.`,
    );
    return false;
  }
  sys.writeFile(each.temporary, `${kept}\n`);
  sys.rename(each.temporary, each.target);
  out.info(`Successfully installed edited file '${each.target}'.`);
  return true;
}

/** The verb. */
export function* edit(context: Context): Task<number> {
  const { sys, out, options, bus } = context;
  if (!options.has("stdin") && !(sys.isatty(0) && sys.isatty(1))) {
    out.error("Cannot edit units interactively if not on a tty.");
    return 1;
  }
  const plans: Plan[] = [];
  for (const name of unitNames(context, context.args)) {
    const p = yield* bus.show(name);
    if (p.LoadState === "masked") {
      out.error(`Cannot edit ${name}: unit is masked.`);
      return 1;
    }
    if (typeof p.FragmentPath !== "string" && !options.has("force")) {
      out.error(`No files found for ${name}.`);
      out.info(`Run 'systemctl edit --force --full ${name}' to create a new unit.`);
      return 1;
    }
    const one = plan(context, p, String(p.Id ?? name));
    if (one === undefined) return 1;
    plans.push(one);
  }
  if (options.has("stdin")) {
    const text = yield* readInput(sys);
    for (const each of plans) sys.writeFile(each.temporary, text);
  } else if (!(yield* runEditor(context, plans))) {
    for (const each of plans) sys.unlink(each.temporary);
    return 1;
  }
  let changed = false;
  for (const each of plans) {
    const bytes = sys.readFile(each.temporary);
    if (install(context, each, isErrno(bytes) ? "" : decode(bytes))) changed = true;
  }
  if (!changed) return 0;
  const reply = yield* bus.call({ call: "reload" });
  if (!isRefusal(reply)) return 0;
  out.error(`Reload daemon failed: ${reply.message}`);
  return 1;
}

function* readInput(sys: Sys): Task<string> {
  let text = "";
  for (;;) {
    const part = yield* sys.read(0);
    if (isErrno(part) || part.length === 0) return text;
    text += decode(part);
  }
}
