// What hostnamectl, timedatectl, localectl and loginctl have in common: verbs by name, options, properties.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { Output } from "../../systemd/client/output.ts";
import { nearest } from "../../systemd/client/verbs.ts";

type Body = (sys: Sys, out: Output, words: readonly string[], given: Given) => Task<number>;

/** Verbs that the real tools have and these have not. */
const OTHER_VERBS: Readonly<Record<string, string>> = {
  timedatectl: "set-local-rtc timesync-status show-timesync ntp-servers revert",
  hostnamectl: "icon-name location",
  localectl: "set-locale list-locales set-keymap list-keymaps set-x11-keymap",
  loginctl:
    "activate lock-session unlock-session lock-sessions unlock-sessions disable-linger seat-status show-seat attach flush-devices terminate-seat",
};

function hintFor(verb: string, known: readonly string[]): string {
  const near = nearest(verb, known);
  return near === undefined ? "" : `, did you mean '${near}'?`;
}

/** Options of each tool besides those that all have. */
const OPTIONS: Readonly<Record<string, string>> = {
  hostnamectl: ",transient\n,static\n,pretty\n,json=MODE\nj",
  timedatectl: ",adjust-system-clock\n,monitor\np,property=NAME\na,all\n,value\nP=NAME",
  localectl: ",no-convert\nl,full",
  loginctl:
    "p,property=NAME\nP=NAME\na,all\n,value\nl,full\n,kill-whom=WHOM\ns,signal=SIGNAL\nn,lines=N\n,json=MODE\nj\no,output=MODE",
};
const COMMON = "\nh,help\n,version\n,no-pager\n,no-legend\n,no-ask-password\nH,host=HOST\nM,machine=NAME";

/** What a tool's verbs see of its command line. */
export interface Given {
  readonly has: (key: string) => boolean;
  readonly values: (key: string) => readonly string[];
}

/** A small tool: its verbs by name, the first for none. */
export function tool(name: string, verbs: Readonly<Record<string, Body>>): Program {
  const table = parseOptionTable(`${OPTIONS[name]}${COMMON}`);
  return {
    name,
    *main(sys, argv) {
      const out = new Output(sys);
      const { options, operands, error } = parseOptions(argv.slice(1), table);
      const given: Given = {
        has: (key) => options.some(([each]) => each === key),
        values: (key) => options.filter(([each]) => each === key).flatMap(([, value]) => (value ?? "").split(",")),
      };
      const [verb = Object.keys(verbs)[0] as string, ...rest] = operands;
      const body = verbs[verb];
      let code = 1;
      const json = given.values("json")[0];
      if (error !== undefined) out.raw(2, `${name}: ${error}\n`);
      else if (json !== undefined && !["short", "pretty", "off"].includes(json))
        out.error(`Unknown argument to --json= switch: ${json}`);
      else if (OTHER_VERBS[name]?.split(" ").includes(verb))
        out.error(`${name}: ${verb} is not modelled in this sandbox`);
      else if (body === undefined)
        out.error(
          `Unknown command verb '${verb}'${hintFor(verb, [...Object.keys(verbs), ...(OTHER_VERBS[name] ?? "").split(" ")]) || "."}`,
        );
      else code = yield* body(sys, out, rest, given);
      yield* out.close();
      return code;
    },
  };
}

/** `NAME=value` lines, those asked for by -p, or their values alone. */
export function properties(out: Output, given: Given, list: readonly (readonly [string, string])[]): number {
  const wanted = [...given.values("p"), ...given.values("P")];
  const bare = given.has("value") || given.has("P");
  for (const [name, value] of list)
    if (wanted.length === 0 || wanted.includes(name)) out.print(bare ? `${value}\n` : `${name}=${value}\n`);
  return 0;
}

/** Text of a file; nothing where it cannot be read. */
export function readText(sys: Sys, path: string): string {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? "" : decode(bytes);
}
