// Completion: the script for bash, and `kubectl __complete`, which it asks.

import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { fullName, pathOf } from "./discovery.ts";
import { Flags, GLOBAL_FLAGS, parseFlags, parseSpecs, takesNext } from "./flags.ts";
import { flagText } from "./help.ts";
import { Kube } from "./kube.ts";
import { loadConfig } from "./kubeconfig.ts";
import { podsOf } from "./pods.ts";
import { at, Fail, nameOf, type Obj } from "./values.ts";

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
    # Endings of files: the shell's own names of files serve.
    [[ $(( directive & 8 )) -ne 0 ]] && return
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
const NO_SPACE = 2;
const FILES = 0;
/** Only files of these kinds: the lines are their endings. */
const ENDINGS: Answer = { lines: ["json", "yaml", "yml"], directive: 8 };
const DIRECTIVES: readonly (readonly [bit: number, name: string])[] = [
  [NO_SPACE, "NoSpace"],
  [NO_FILES, "NoFileComp"],
  [ENDINGS.directive, "FilterFileExt"],
];

interface Answer {
  readonly lines: readonly string[];
  readonly directive: number;
}

const HELP: Pick<KubectlCommand, "name" | "short"> = { name: "help", short: "Help about any command" };

const none: Answer = { lines: [], directive: NO_FILES };

export function* complete(kube: Kube): Task<number> {
  if (kube.args.length === 0) throw new Fail("requires at least 1 arg(s), only received 0");
  const bare = kube.path.endsWith("NoDesc");
  const words = kube.args.slice(0, -1);
  const part = kube.args.at(-1) ?? "";
  let answer = none;
  try {
    answer = yield* suggest(kube, words, part);
  } catch {
    // Completion is silent about what goes wrong.
  }
  const { lines, directive } = answer;
  yield* kube.out(`${lines.map((line) => `${bare ? line.replace(/\t.*/, "") : line}\n`).join("")}:${directive}\n`);
  const named = DIRECTIVES.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => `ShellCompDirective${name}`);
  yield* kube.err(`Completion ended with directive: ${named.join(", ") || "ShellCompDirectiveDefault"}\n`);
  return 0;
}

function* suggest(kube: Kube, words: readonly string[], part: string): Task<Answer> {
  let command: KubectlCommand | undefined;
  let path = "kubectl";
  // `help` takes the words of commands.
  const helps = words[0] === "help";
  let rest = helps ? words.slice(1) : [...words];
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
    path += ` ${next.name}`;
    rest = rest.filter((_, i) => i !== place);
  }
  const specs = [...parseSpecs(command?.flags ?? ""), ...GLOBAL_FLAGS];
  const last = rest.at(-1);
  const equals = /^--([\w-]+)=(.*)$/s.exec(part);
  if (last?.startsWith("-") && !last.includes("=") && takesNext(last, specs)) {
    const spec = specs.find((one) => (last.startsWith("--") ? one.name === last.slice(2) : one.short === last[1]));
    return yield* flagValues(yield* inner(kube, rest.slice(0, -1), specs, path), spec?.name ?? "", part);
  }
  if (equals !== null) {
    const found = yield* flagValues(yield* inner(kube, rest, specs, path), equals[1] as string, equals[2] as string);
    return found;
  }
  if (part.startsWith("-")) {
    const lines = specs.flatMap((spec) => [
      `--${spec.name}\t${flagText(spec)}`,
      ...(spec.short === "" ? [] : [`-${spec.short}\t${flagText(spec)}`]),
    ]);
    return { lines: lines.filter((line) => line.startsWith(part)).sort(), directive: NO_FILES };
  }
  const asked = yield* inner(kube, rest, specs, path);
  const subs = command === undefined ? kube.commands.filter((one) => one.short !== "") : command.sub;
  if (subs !== undefined && asked.args.length === 0) {
    const root = command === undefined ? [...subs, HELP] : subs;
    const lines = [...root].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => `${one.name}\t${one.short}`);
    return { lines: lines.filter((line) => line.startsWith(part)), directive: NO_FILES };
  }
  return helps ? none : yield* argumentsOf(asked, part);
}

/** A run with the flags given so far: namespace, context and kubeconfig count. */
function* inner(kube: Kube, words: readonly string[], specs: ReturnType<typeof parseSpecs>, path: string): Task<Kube> {
  let flags = new Flags();
  try {
    flags = parseFlags(words, specs, path);
  } catch {
    flags.args = words.filter((word) => !word.startsWith("-"));
  }
  return new Kube(kube.sys, flags, path);
}

const SCALED = "deployment replicaSet replicationcontroller statefulset";
const PICKED = "deployment daemonset statefulset";

/** What a command's arguments are; `names` of a type, `of` the types listed, a word for what it is otherwise. Others leave it to file names. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["get", "describe", "delete", "edit", "label", "annotate", "patch", "debug"].map((one) => [one, "any"]),
  ),
  logs: "pod/ container",
  exec: "pod/",
  attach: "pod/",
  "port-forward": "pod/ port",
  cordon: "names nodes",
  uncordon: "names nodes",
  drain: "names nodes",
  "top node": "names nodes",
  "top pod": "names pods",
  scale: `of ${SCALED}`,
  autoscale: `of ${SCALED.toLowerCase()}`,
  expose: "of pod service replicationcontroller deployment replicaset",
  taint: "of node",
  "rollout restart": `of ${PICKED}`,
  "rollout status": `of ${PICKED}`,
  "rollout history": `of ${PICKED}`,
  "rollout undo": `of ${PICKED}`,
  "rollout pause": "of deployment",
  "rollout resume": "of deployment",
  "set image": "of daemonsets deployments pods cronjobs replicasets replicationcontrollers statefulsets",
  "create token": "names serviceaccounts",
  "config use-context": "contexts",
  "config delete-context": "contexts",
  "config rename-context": "contexts",
  "config set-context": "contexts",
  "config delete-cluster": "clusters",
  "config delete-user": "users",
  completion: "of fish powershell bash zsh",
};
/** Kinds that lead to pods, as they stand after the names of pods. */
const LEADING = "daemonsets deployments pods jobs replicasets replicationcontrollers services statefulsets".split(" ");

const starting = (list: readonly string[], part: string, directive = NO_FILES): Answer => ({
  lines: list.filter((one) => one.startsWith(part)),
  directive,
});

function* argumentsOf(kube: Kube, part: string): Task<Answer> {
  const { args } = kube;
  const [kind = "", ...words] = (ARGUMENTS[kube.path.replace(/^kubectl /, "")] ?? "").split(" ");
  const [type, ...taken] = args;
  if (kind === "") return { lines: [], directive: FILES };
  if (kind === "names")
    return args.length === 0 || words[0] !== "nodes" ? yield* names(kube, words[0] ?? "", part) : none;
  if (kind === "contexts" || kind === "clusters" || kind === "users")
    return args.length === 0 ? configNames(kube, kind, part) : none;
  if (kind === "pod/") return yield* podArguments(kube, words[0], part);
  if (type === undefined && kind === "of" && !part.includes("/")) return starting(words, part);
  if (type !== undefined && !type.includes("/")) return yield* names(kube, type, part, taken);
  const slash = part.indexOf("/");
  if (slash > 0) return yield* slashed(kube, part, slash, args);
  // Types may be listed with commas; after TYPE/NAME only another of its form may follow.
  const comma = type === undefined ? part.lastIndexOf(",") + 1 : 0;
  const resources = yield* (yield* kube.discovery()).resources(0);
  const all = resources
    .filter((one) => one.verbs.includes("get"))
    .sort((one, other) =>
      one.group === other.group ? (one.name < other.name ? -1 : 1) : one.group < other.group ? -1 : 1,
    )
    .map((one) => part.slice(0, comma) + fullName(one) + (type === undefined ? "" : "/"));
  return starting([...new Set(all)], part, type === undefined ? NO_FILES : NO_FILES | NO_SPACE);
}

/** Names after `TYPE/`. */
function* slashed(kube: Kube, part: string, slash: number, taken: readonly string[] = []): Task<Answer> {
  const head = part.slice(0, slash + 1);
  const found = yield* names(kube, part.slice(0, slash), part.slice(slash + 1));
  return { ...found, lines: found.lines.map((line) => head + line).filter((line) => !taken.includes(line)) };
}

/** A pod or what leads to one, then a container or a port of it. */
function* podArguments(kube: Kube, then: string | undefined, part: string): Task<Answer> {
  const { args } = kube;
  if (args.length > 1 || (args.length === 1 && then === undefined)) return none;
  if (args.length === 0) {
    if (part.includes("/")) return yield* slashed(kube, part, part.indexOf("/"));
    const pods = yield* names(kube, "pods", part);
    const kinds = LEADING.filter((one) => one.startsWith(part)).map((one) => `${one}/`);
    return {
      lines: [...pods.lines, ...kinds],
      directive: pods.lines.length === 0 && kinds.length > 0 ? NO_FILES | NO_SPACE : NO_FILES,
    };
  }
  if (then === "container") return starting(yield* containersOf(kube), part);
  const [pod] = yield* podsOf(kube, args[0] as string, "attach to");
  const ports: Obj[] = (at(pod, "spec.containers") ?? []).flatMap((one: Obj) => one.ports ?? []);
  return starting(
    ports.map(({ containerPort }) => `${containerPort}:${containerPort}`),
    part,
  );
}

/** Containers of the pod that is named, those that run first ahead. */
function* containersOf(kube: Kube): Task<string[]> {
  const [pod] = yield* podsOf(kube, kube.args[0] as string, "attach to");
  return ["initContainers", "containers"].flatMap((field) =>
    (at(pod, `spec.${field}`) ?? []).map((one: Obj) => one.name),
  );
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
    ...(/^kubectl (config|version|api-resources|explain)\b/.test(kube.path)
      ? {}
      : {
          output:
            "json yaml kyaml name go-template go-template-file template templatefile jsonpath jsonpath-as-json jsonpath-file custom-columns custom-columns-file wide".split(
              " ",
            ),
        }),
  };
  if (name === "namespace") return yield* names(kube, "namespaces", part);
  if (name === "context") return configNames(kube, "contexts", part);
  if (/^kubectl config set/.test(kube.path)) return { lines: [], directive: FILES };
  if (name === "cluster") return configNames(kube, "clusters", part);
  if (name === "user") return configNames(kube, "users", part);
  if (name === "container" && kube.args[0] !== undefined && !kube.path.endsWith(" logs"))
    return starting(yield* containersOf(kube), part);
  if (name === "filename") return ENDINGS;
  const values = fixed[name];
  return values === undefined ? { lines: [], directive: FILES } : starting(values, part);
}
