// Completion: the script for bash, and `kubectl __complete`, which it asks.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { fullName, pathOf } from "./discovery.ts";
import { Flags, GLOBAL_FLAGS, parseFlags, parseSpecs, takesNext } from "./flags.ts";
import { FLAG_TEXTS } from "./help.ts";
import { Kube } from "./kube.ts";
import { loadConfig } from "./kubeconfig.ts";
import { at, nameOf, type Obj } from "./values.ts";

const SCRIPT = `
# Completion of kubectl for bash: asks \`kubectl __complete\` for what may follow.

__start_kubectl()
{
    local cur words out line directive
    COMPREPLY=()
    cur="\${COMP_WORDS[COMP_CWORD]}"
    words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
    out=$(kubectl __complete "\${words[@]}" "$cur" 2>/dev/null)
    directive="\${out##*:}"
    out="\${out%:*}"
    while IFS= read -r line; do
        line="\${line%%$'\\t'*}"
        [[ -n "$line" && "$line" == "$cur"* ]] && COMPREPLY+=("$line")
    done <<< "$out"
    if [[ $(( directive & 2 )) -ne 0 ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o default -F __start_kubectl kubectl

# ex: ts=4 sw=4 et filetype=sh
`;

export function* completion(kube: Kube): Task<number> {
  const [shell] = kube.args;
  if (shell === undefined) throw kube.usage("Shell not specified.");
  if (kube.args.length > 1) throw kube.usage("Too many arguments. Expected only the shell type.");
  if (shell === "bash") {
    yield* kube.out(SCRIPT);
    return 0;
  }
  if (["zsh", "fish", "powershell"].includes(shell)) {
    yield* kube.err(`kubectl: completion ${shell} is not modelled in this sandbox\n`);
    return 2;
  }
  throw kube.usage(`Unsupported shell type ${JSON.stringify(shell)}.`);
}

const NO_FILES = 4;
const FILES = 0;

interface Answer {
  readonly lines: readonly string[];
  readonly directive: number;
}

const none: Answer = { lines: [], directive: NO_FILES };

export function* complete(kube: Kube): Task<number> {
  const words = kube.args.slice(0, -1);
  const part = kube.args.at(-1) ?? "";
  let answer = none;
  try {
    answer = yield* suggest(kube, words, part);
  } catch {
    // Completion is silent about what goes wrong.
  }
  yield* kube.out(`${answer.lines.map((line) => `${line}\n`).join("")}:${answer.directive}\n`);
  yield* kube.err(
    `Completion ended with directive: ${answer.directive === NO_FILES ? "ShellCompDirectiveNoFileComp" : "ShellCompDirectiveDefault"}\n`,
  );
  return 0;
}

function* suggest(kube: Kube, words: readonly string[], part: string): Task<Answer> {
  let command: KubectlCommand | undefined;
  let rest = [...words];
  for (;;) {
    const choices: readonly KubectlCommand[] = command === undefined ? kube.commands : (command.sub ?? []);
    const specs = [...parseSpecs(command?.flags ?? ""), ...GLOBAL_FLAGS];
    let place = -1;
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i] as string;
      if (!word.startsWith("-")) {
        place = i;
        break;
      }
      if (takesNext(word, specs)) i++;
    }
    const next =
      place < 0
        ? undefined
        : choices.find((one) => one.name === rest[place] || one.aliases?.includes(rest[place] as string));
    if (next === undefined) break;
    command = next;
    rest = rest.filter((_, i) => i !== place);
  }
  const specs = [...parseSpecs(command?.flags ?? ""), ...GLOBAL_FLAGS];
  const last = rest.at(-1);
  const equals = /^--([\w-]+)=(.*)$/s.exec(part);
  if (last?.startsWith("-") && !last.includes("=") && takesNext(last, specs)) {
    const spec = specs.find((one) => (last.startsWith("--") ? one.name === last.slice(2) : one.short === last[1]));
    return yield* flagValues(yield* inner(kube, rest.slice(0, -1), specs), spec?.name ?? "", part);
  }
  if (equals !== null) {
    const found = yield* flagValues(yield* inner(kube, rest, specs), equals[1] as string, equals[2] as string);
    return found;
  }
  if (part.startsWith("-")) {
    const lines = specs.flatMap((spec) => [
      `--${spec.name}${"=@#*+".includes(spec.kind) ? "=" : ""}\t${FLAG_TEXTS[spec.name] ?? ""}`,
      ...(spec.short === "" ? [] : [`-${spec.short}\t${FLAG_TEXTS[spec.name] ?? ""}`]),
    ]);
    return { lines: lines.filter((line) => line.startsWith(part)).sort(), directive: NO_FILES };
  }
  const asked = yield* inner(kube, rest, specs);
  const subs = command === undefined ? kube.commands.filter((one) => one.short !== "") : command.sub;
  if (subs !== undefined && asked.args.length === 0) {
    const lines = [...subs].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => `${one.name}\t${one.short}`);
    return { lines: lines.filter((line) => line.startsWith(part)), directive: NO_FILES };
  }
  return yield* argumentsOf(asked, command?.name ?? "", part);
}

/** A run with the flags given so far: namespace, context and kubeconfig count. */
function* inner(kube: Kube, words: readonly string[], specs: ReturnType<typeof parseSpecs>): Task<Kube> {
  let flags = new Flags();
  try {
    flags = parseFlags(words, specs, kube.path);
  } catch {
    flags.args = words.filter((word) => !word.startsWith("-"));
  }
  return new Kube(kube.sys, flags, kube.path);
}

const PODS = new Set(["logs", "exec", "attach", "port-forward", "cp", "debug"]);
const NODES = new Set(["cordon", "uncordon", "drain"]);
const TYPES = new Set([
  "get",
  "describe",
  "delete",
  "edit",
  "label",
  "annotate",
  "patch",
  "scale",
  "explain",
  "taint",
  "wait",
  "expose",
  "set",
  "restart",
  "status",
  "history",
  "undo",
  "pause",
  "resume",
  "image",
  "env",
]);

function* argumentsOf(kube: Kube, command: string, part: string): Task<Answer> {
  if (PODS.has(command)) return kube.args.length === 0 ? yield* names(kube, "pods", part) : none;
  if (NODES.has(command)) return yield* names(kube, "nodes", part, kube.args);
  if (command === "approve" || command === "deny")
    return yield* names(kube, "certificatesigningrequests", part, kube.args);
  if (["use-context", "delete-context", "rename-context"].includes(command)) return configNames(kube, "contexts", part);
  if (command === "delete-cluster") return configNames(kube, "clusters", part);
  if (command === "delete-user") return configNames(kube, "users", part);
  if (command === "completion")
    return { lines: ["bash", "fish", "powershell", "zsh"].filter((one) => one.startsWith(part)), directive: NO_FILES };
  if (command === "token") return yield* names(kube, "serviceaccounts", part);
  if (!TYPES.has(command))
    return { lines: [], directive: ["apply", "create", "replace", "diff"].includes(command) ? FILES : NO_FILES };
  const [type, ...taken] = kube.args;
  if (type === undefined) {
    const slash = part.indexOf("/");
    if (slash > 0) {
      const found = yield* names(kube, part.slice(0, slash), part.slice(slash + 1));
      return { ...found, lines: found.lines.map((line) => `${part.slice(0, slash)}/${line}`) };
    }
    const resources = yield* (yield* kube.discovery()).resources(0);
    const all = [...new Set(resources.filter((one) => one.verbs.includes("get")).map(fullName))].sort();
    return { lines: all.filter((one) => one.startsWith(part)), directive: NO_FILES };
  }
  return yield* names(kube, type, part, taken);
}

function* names(kube: Kube, type: string, part: string, taken: readonly string[] = []): Task<Answer> {
  const resource = yield* (yield* kube.discovery()).find(type, 0);
  const client = yield* kube.client();
  const list: Obj = (yield* client.call({ path: pathOf(resource, kube.namespace) })).body;
  const found: string[] = (list.items ?? []).map(nameOf);
  return { lines: found.filter((name) => name.startsWith(part) && !taken.includes(name)).sort(), directive: NO_FILES };
}

function configNames(kube: Kube, section: "contexts" | "clusters" | "users", part: string): Answer {
  return {
    lines: [...loadConfig(kube.sys, kube.flags)[section].keys()].filter((name) => name.startsWith(part)).sort(),
    directive: NO_FILES,
  };
}

function* flagValues(kube: Kube, name: string, part: string): Task<Answer> {
  const fixed: Readonly<Record<string, readonly string[]>> = {
    output: [
      "custom-columns",
      "custom-columns-file",
      "go-template",
      "go-template-file",
      "json",
      "jsonpath",
      "jsonpath-as-json",
      "jsonpath-file",
      "kyaml",
      "name",
      "template",
      "templatefile",
      "wide",
      "yaml",
    ],
    "dry-run": ["client", "none", "server"],
    restart: ["Always", "Never", "OnFailure"],
  };
  if (name === "namespace") return yield* names(kube, "namespaces", part);
  if (name === "context") return configNames(kube, "contexts", part);
  if (name === "cluster") return configNames(kube, "clusters", part);
  if (name === "user") return configNames(kube, "users", part);
  if (name === "container" && kube.args[0] !== undefined) {
    const client = yield* kube.client();
    const pod = yield* client.get(`/api/v1/namespaces/${kube.namespace}/pods/${kube.args[0]}`);
    const all: string[] = ["containers", "initContainers"].flatMap((field) =>
      (at(pod, `spec.${field}`) ?? []).map((one: Obj) => one.name),
    );
    return { lines: all.filter((one) => one.startsWith(part)), directive: NO_FILES };
  }
  const values = fixed[name];
  if (values !== undefined) return { lines: values.filter((one) => one.startsWith(part)), directive: NO_FILES };
  return { lines: [], directive: isErrno(kube.sys.stat(part)) ? FILES : FILES };
}
