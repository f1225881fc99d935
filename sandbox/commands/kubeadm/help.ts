// kubeadm's help texts, as cobra lays them out.

import { type FlagSpec, parseSpecs } from "../kubectl/flags.ts";
import type { Command } from "./command.ts";

/** What flags say about themselves in help. */
const FLAG_HELP: Readonly<Record<string, readonly [type: string, text: string]>> = {
  kubeconfig: [
    "string",
    'The kubeconfig file to use when talking to the cluster. If the flag is not set, a set of standard locations can be searched for an existing kubeconfig file. (default "/etc/kubernetes/admin.conf")',
  ],
  "dry-run": ["", "Whether to enable dry-run mode or not"],
  config: ["string", "Path to a kubeadm configuration file."],
  token: [
    "string",
    "Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.",
  ],
};
const TYPES: Readonly<Record<string, string>> = {
  "!": "",
  "=": "string",
  "#": "int32",
  "*": "strings",
  "@": "duration",
  "+": "strings",
  "?": "string",
};

function flagLines(specs: readonly FlagSpec[], own: string): string {
  const list = [
    ...specs.map(({ name, short, kind }) => ({
      name,
      short,
      type: FLAG_HELP[name]?.[0] ?? TYPES[kind] ?? "",
      text: FLAG_HELP[name]?.[1] ?? "",
    })),
    { name: "help", short: "h", type: "", text: `help for ${own}` },
  ];
  const shown = list
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, short, type, text }) =>
        [`${short === "" ? "      " : `  -${short}, `}--${name}${type === "" ? "" : ` ${type}`}`, text] as const,
    );
  const width = Math.max(...shown.map(([left]) => left.length));
  return shown
    .map(([left, text]) => `${left.padEnd(width)}   ${text}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

const GLOBAL_HELP = `Global Flags:
      --rootfs string        The path to the 'real' host root filesystem. This will cause kubeadm to chroot into the provided path.
  -v, --v Level              number for the log level verbosity
      --vmodule moduleSpec   comma-separated list of pattern=N settings for file-filtered logging
`;

/** Help as cobra lays it out. */
export function helpText(path: readonly Command[]): string {
  const here = path.at(-1) as Command;
  const name = path.map((each) => each.name).join(" ");
  const own = path.length === 1 ? "kubeadm" : here.name;
  const specs = parseSpecs(here.flags ?? "");
  const usage =
    here.commands === undefined
      ? [`  ${name}${here.args === undefined ? "" : ` ${here.args}`} [flags]`]
      : [
          `  ${name}${here.args === undefined ? "" : ` ${here.args}`}${path.length === 1 ? "" : " [flags]"}`,
          `  ${name} [command]`,
        ];
  let text = `${here.long ?? here.short}\n\nUsage:\n${usage.filter((line) => path.length > 1 || line.includes("[command]")).join("\n")}\n`;
  if (here.aliases !== undefined) text += `\nAliases:\n  ${[here.name, ...here.aliases].join(", ")}\n`;
  if (here.commands !== undefined) {
    const sorted = [...here.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    const width = Math.max(11, ...sorted.map((each) => each.name.length));
    text += `\nAvailable Commands:\n${sorted.map((each) => `  ${each.name.padEnd(width)} ${each.short}\n`).join("")}`;
  }
  text += `\nFlags:\n${flagLines(specs, own)}`;
  if (path.length > 1) text += `\n${GLOBAL_HELP}`;
  if (here.commands !== undefined) text += `\nUse "${name} [command] --help" for more information about a command.\n`;
  return text;
}
