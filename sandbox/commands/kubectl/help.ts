// Help in the layout of kubectl's templates; the sentences on flags are our own and short.

import type { KubectlCommand } from "./command.ts";
import { type FlagSpec, GLOBAL_FLAGS, parseSpecs } from "./flags.ts";

const TRAILER = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n';

/** What a flag's name does not say by itself. */
const FLAG_TEXTS: Readonly<Record<string, string>> = {
  "all-namespaces": "Look in all namespaces, whatever the context says.",
  "dry-run": 'Must be "none", "server", or "client": only show what would be sent, or send it without storing it.',
  "field-selector": "Selector (field query) such as spec.nodeName=node01.",
  filename: "Files, folders or URLs that name the resources.",
  "grace-period": "Seconds a resource has to end well; -1 is its own choice.",
  selector: "Selector (label query): =, ==, !=, in, notin, and commas between.",
  tail: "Lines from the end of the log.",
  timeout: "How long to wait before giving up; zero is by the object's own.",
};

/** One sentence on a flag, for help and completion. */
export function flagText({ name, kind }: FlagSpec): string {
  return FLAG_TEXTS[name] ?? `${kind === "!" ? "Whether to" : "The"} ${name.replaceAll("-", " ")}.`;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  "!": "false",
  "=": "''",
  "#": "0",
  "@": "0s",
  "*": "[]",
  "+": "[]",
  "?": "'none'",
};

function flagLines(specs: readonly FlagSpec[]): string {
  return [...specs]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((spec) => {
      const value = spec.value !== "" && spec.kind !== "?" ? spec.value : (DEFAULTS[spec.kind] ?? "''");
      const shown = spec.kind === "=" && spec.value !== "" ? `'${value}'` : value;
      return `    ${spec.short === "" ? "" : `-${spec.short}, `}--${spec.name}=${shown}:\n\t${flagText(spec)}`;
    })
    .join("\n\n");
}

/** `  name   what it does`, names padded to one width. */
function commandLines(commands: readonly KubectlCommand[], width: number): string {
  return commands.map(({ name, short }) => `  ${name.padEnd(width)}${short}\n`).join("");
}

export function options(): string {
  return `The following options can be passed to any command:\n\n${flagLines(GLOBAL_FLAGS.filter((spec) => spec.name !== "help"))}\n`;
}

/** The help of a command other than kubectl itself. */
export function helpText(path: string, command: KubectlCommand): string {
  const parts: string[] = [];
  if (command.long !== undefined || command.short !== "") parts.push(`${command.long ?? `${command.short}.`}\n`);
  if (command.aliases !== undefined) parts.push(`Aliases:\n${[command.name, ...command.aliases].join(", ")}\n`);
  if (command.examples !== undefined) parts.push(`Examples:\n${command.examples}\n`);
  if (command.sub !== undefined) {
    const width = Math.max(11, ...command.sub.map(({ name }) => name.length)) + 3;
    parts.push(`Available Commands:\n${commandLines(command.sub, width)}`);
  }
  const own = parseSpecs(command.flags ?? "");
  if (own.length > 0) parts.push(`Options:\n${flagLines(own)}\n`);
  const subs = command.sub !== undefined;
  parts.push(`Usage:\n  ${path} ${command.usage ?? (subs ? "SUBCOMMAND [options]" : "[options]")}\n`);
  return `${parts.join("\n")}\n${subs ? `Use "${path} <command> --help" for more information about a given command.\n` : ""}${TRAILER}`;
}

const GROUPS: readonly (readonly [title: string, names: string])[] = [
  ["Basic Commands (Beginner):", "create expose run set"],
  ["Basic Commands (Intermediate):", "explain get edit delete"],
  ["Deploy Commands:", "rollout scale autoscale"],
  ["Cluster Management Commands:", "certificate cluster-info top cordon uncordon drain taint"],
  ["Troubleshooting and Debugging Commands:", "describe logs attach exec port-forward proxy cp auth debug events"],
  ["Advanced Commands:", "diff apply patch replace wait kustomize"],
  ["Settings Commands:", "label annotate completion"],
  ["Subcommands provided by plugins:", ""],
  ["Other Commands:", "api-resources api-versions config kuberc plugin version"],
];

/** kubectl's own help: its commands by group. */
export function rootHelp(commands: readonly KubectlCommand[]): string {
  const groups = GROUPS.map(
    ([title, names]) =>
      `${title}\n${commandLines(
        names.split(" ").flatMap((name) => commands.find((one) => one.name === name) ?? []),
        16,
      )}`,
  );
  return `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

${groups.join("\n")}
Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
${TRAILER}`;
}
