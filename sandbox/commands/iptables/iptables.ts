// iptables: lists and changes the packet filter's rules. The filter table really filters; the others are there and empty.
// fidelity: packet and byte counters stay 0; ip6tables keeps no rules, since the fleet's network has IPv4 only.

import { isErrno } from "../../kernel/errno.ts";
import type { Data, Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatListed, formatSaved, isMistake, type Mistake, parseRule, type Rule } from "./rule.ts";

interface Chain {
  readonly policy?: "ACCEPT" | "DROP";
  readonly rules: readonly Rule[];
}
type Table = Readonly<Record<string, Chain>>;

const VERSION = "v1.8.11 (nf_tables)";
const TABLES: Readonly<Record<string, readonly string[]>> = {
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  raw: ["PREROUTING", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};
const COMMANDS: Readonly<Record<string, string>> = {
  "-A": "append",
  "--append": "append",
  "-I": "insert",
  "--insert": "insert",
  "-D": "delete",
  "--delete": "delete",
  "-C": "check",
  "--check": "check",
  "-R": "replace",
  "--replace": "replace",
  "-L": "list",
  "--list": "list",
  "-S": "save",
  "--list-rules": "save",
  "-F": "flush",
  "--flush": "flush",
  "-P": "policy",
  "--policy": "policy",
  "-N": "new",
  "--new-chain": "new",
  "-X": "remove",
  "--delete-chain": "remove",
  "-Z": "zero",
  "--zero": "zero",
  "-E": "rename",
  "--rename-chain": "rename",
};

/** What was asked: the command with its chain and number, how to show it, and the words of the rule. */
interface Call {
  command: string;
  chain: string | undefined;
  argument: string | undefined;
  table: string;
  numeric: boolean;
  verbose: boolean;
  numbers: boolean;
  readonly rule: string[];
}

/** The filter table as the kernel has it, with the built-in chains where nothing was set yet. */
export function readTable(sys: Sys): Table {
  const empty = Object.fromEntries(
    (TABLES["filter"] ?? []).map((name) => [name, { policy: "ACCEPT" as const, rules: [] }]),
  );
  return { ...empty, ...((sys.netfilter() ?? {}) as unknown as Table) };
}

export function writeTable(sys: Sys, table: Table): void {
  sys.netfilter(table as unknown as Data);
}

function parseCall(words: readonly string[]): Call | Mistake {
  const call: Call = {
    command: "",
    chain: undefined,
    argument: undefined,
    table: "filter",
    numeric: false,
    verbose: false,
    numbers: false,
    rule: [],
  };
  const takesName = (word: string | undefined): word is string =>
    word !== undefined && !word.startsWith("-") && word !== "!";
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const command = COMMANDS[word];
    if (command !== undefined && call.command === "") {
      call.command = command;
      if (takesName(words[i + 1])) call.chain = words[++i];
      else if (!["list", "save", "flush", "remove", "zero"].includes(command)) {
        return { mistake: `option "${word}" requires an argument`, status: 2 };
      }
      const wantsMore = command === "policy" || command === "rename" || /^\d+$/.test(words[i + 1] ?? "");
      if (wantsMore && takesName(words[i + 1])) call.argument = words[++i];
      continue;
    }
    switch (word) {
      case "-t":
      case "--table":
        call.table = words[++i] ?? "";
        break;
      case "-n":
      case "--numeric":
        call.numeric = true;
        break;
      case "-v":
      case "--verbose":
        call.verbose = true;
        break;
      case "--line-numbers":
        call.numbers = true;
        break;
      case "-x":
      case "--exact":
      case "-w":
      case "--wait":
      case "-4":
      case "--ipv4":
        break;
      default:
        if (/^-[nvx]{2,}$/.test(word)) {
          call.numeric ||= word.includes("n");
          call.verbose ||= word.includes("v");
        } else if (/^-[nvx]*L$/.test(word) && call.command === "") {
          call.command = "list";
          call.numeric ||= word.includes("n");
          call.verbose ||= word.includes("v");
          if (takesName(words[i + 1])) call.chain = words[++i];
        } else call.rule.push(word);
    }
  }
  return call;
}

function listTable(table: Table, call: Call): string {
  const chains = Object.entries(table).filter(([name]) => call.chain === undefined || name === call.chain);
  const number = call.numbers ? "num  " : "";
  const head = call.verbose
    ? `${number} pkts bytes target     prot opt in     out     source               destination         `
    : `${number}target     prot opt source               destination         `;
  return chains
    .map(([name, chain]) => {
      const counters = call.verbose ? " 0 packets, 0 bytes" : "";
      const title = chain.policy ? `policy ${chain.policy}${counters}` : `${references(table, name)} references`;
      const rows = chain.rules.map(
        (rule, i) =>
          `${call.numbers ? String(i + 1).padEnd(5) : ""}${formatListed(rule, call.numeric, call.verbose)}\n`,
      );
      return `Chain ${name} (${title})\n${head}\n${rows.join("")}`;
    })
    .join("\n");
}

function references(table: Table, name: string): number {
  return Object.values(table).reduce(
    (sum, chain) => sum + chain.rules.filter((rule) => rule.target === name).length,
    0,
  );
}

/** The table in the form of `iptables -S`. */
export function saveTable(table: Table, only?: string): string {
  const chains = Object.entries(table).filter(([name]) => only === undefined || name === only);
  const heads = chains.map(([name, chain]) => (chain.policy ? `-P ${name} ${chain.policy}\n` : `-N ${name}\n`));
  return (
    heads.join("") +
    chains.flatMap(([name, chain]) => chain.rules.map((rule) => `${formatSaved(name, rule)}\n`)).join("")
  );
}

const noChain: Mistake = { mistake: "No chain/target/match by that name.", status: 1, hint: false };
const noRule: Mistake = { mistake: "Bad rule (does a matching rule exist in that chain?).", status: 1, hint: false };
const same = (one: Rule, other: Rule): boolean => formatSaved("", one) === formatSaved("", other);

/** The table after the command, a text to print, or why it cannot be done. */
function perform(table: Table, call: Call, resolve: (name: string) => string | undefined): Table | string | Mistake {
  const { command, chain: name = "", argument } = call;
  const known = name in table;
  const isBuiltIn = (TABLES[call.table] ?? []).includes(name);
  const withRules = (rules: readonly Rule[]): Table => ({ ...table, [name]: { ...table[name], rules } });
  const rules = table[name]?.rules ?? [];
  switch (command) {
    case "list":
    case "save":
      if (call.chain !== undefined && !known) return noChain;
      return command === "list" ? listTable(table, call) : saveTable(table, call.chain);
    case "flush":
      if (call.chain === undefined)
        return Object.fromEntries(Object.entries(table).map(([key, chain]) => [key, { ...chain, rules: [] }]));
      return known ? withRules([]) : noChain;
    case "zero":
      return call.chain === undefined || known ? table : noChain;
    case "policy":
      if (!known || !isBuiltIn) return { mistake: "Bad built-in chain name.", status: 1, hint: false };
      if (argument !== "ACCEPT" && argument !== "DROP")
        return { mistake: "Bad policy name. Run `dmesg' for more information.", status: 1, hint: false };
      return { ...table, [name]: { policy: argument, rules } };
    case "new":
      return known ? { mistake: "Chain already exists.", status: 1, hint: false } : { ...table, [name]: { rules: [] } };
    case "remove": {
      if (call.chain !== undefined && !known) return noChain;
      const gone =
        call.chain === undefined
          ? Object.keys(table).filter((each) => !(TABLES["filter"] ?? []).includes(each))
          : [name];
      const busy = gone.find(
        (each) =>
          (TABLES["filter"] ?? []).includes(each) ||
          (table[each]?.rules.length ?? 0) > 0 ||
          references(table, each) > 0,
      );
      if (busy !== undefined)
        return { mistake: ` CHAIN_DEL failed (Device or resource busy): chain ${busy}`, status: 4, hint: false };
      return Object.fromEntries(Object.entries(table).filter(([each]) => !gone.includes(each)));
    }
    default:
      break;
  }
  if (
    (command === "delete" || command === "replace") &&
    argument !== undefined &&
    (command === "replace" || call.rule.length === 0)
  ) {
    if (!known) return noChain;
    const at = Number(argument) - 1;
    const kind = command === "delete" ? "deletion" : "replacement";
    if (at < 0 || at >= rules.length) return { mistake: `Index of ${kind} too big.`, status: 1, hint: false };
    if (command === "delete") return withRules(rules.filter((_, i) => i !== at));
  }
  const rule = parseRule(call.rule, (target) => target in table, resolve);
  if (isMistake(rule)) return rule;
  if (!known) return noChain;
  switch (command) {
    case "append":
      return withRules([...rules, rule]);
    case "insert": {
      const at = argument === undefined ? 0 : Number(argument) - 1;
      if (at > rules.length) return { mistake: "Index of insertion too big.", status: 1, hint: false };
      return withRules([...rules.slice(0, at), rule, ...rules.slice(at)]);
    }
    case "replace":
      return withRules(rules.map((each, i) => (i === Number(argument) - 1 ? rule : each)));
    case "delete": {
      const at = rules.findIndex((each) => same(each, rule));
      return at < 0 ? noRule : withRules(rules.filter((_, i) => i !== at));
    }
    default:
      return rules.some((each) => same(each, rule)) ? table : noRule;
  }
}

function* fail(sys: Sys, name: string, { mistake, status, hint }: Mistake): Task<number> {
  const prefix = hint === false && !mistake.startsWith(" ") ? name : `${name} ${VERSION}`;
  const second = hint === false ? "" : `Try \`${name} -h' or '${name} --help' for more information.\n`;
  yield* sys.write(2, `${prefix}: ${mistake}\n${second}`);
  return status;
}

/** Addresses of names by /etc/hosts. */
function hostsOf(sys: Sys): (name: string) => string | undefined {
  const hosts = sys.readFile("/etc/hosts");
  const rows = isErrno(hosts)
    ? []
    : decode(hosts)
        .split("\n")
        .map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
  return (name) => rows.find(([address, ...names]) => address?.includes(".") && names.includes(name))?.[0];
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const name = (argv[0] ?? "iptables").replace(/^.*\//, "");
  const words = argv.slice(1);
  if (words.includes("-V") || words.includes("--version")) {
    yield* sys.write(1, `${name} ${VERSION}\n`);
    return 0;
  }
  if (words.includes("-h") || words.includes("--help")) {
    yield* sys.write(
      1,
      `${name} ${VERSION}\n\nUsage: ${name} -[ACD] chain rule-specification [options]\n\t${name} -I chain [rulenum] rule-specification [options]\n\t${name} -[LSFZ] [chain] [options]\n\t${name} -P chain target [options]\n`,
    );
    return 0;
  }
  const call = parseCall(words);
  if (isMistake(call)) return yield* fail(sys, name, call);
  if (call.command === "") return yield* fail(sys, name, { mistake: "no command specified", status: 2 });
  const chains = TABLES[call.table];
  if (chains === undefined) {
    yield* sys.write(
      2,
      `${name} ${VERSION}: table '${call.table}' does not exist\nPerhaps ${name} or your kernel needs to be upgraded.\n`,
    );
    return 3;
  }
  if (sys.info.euid !== 0) {
    yield* sys.write(
      2,
      `${name} ${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)\n`,
    );
    return 4;
  }
  const filters = call.table === "filter" && !name.startsWith("ip6");
  const table = filters
    ? readTable(sys)
    : Object.fromEntries(chains.map((each) => [each, { policy: "ACCEPT" as const, rules: [] }]));
  const result = perform(table, call, hostsOf(sys));
  if (typeof result === "string") {
    yield* sys.write(1, result);
    return 0;
  }
  if (isMistake(result)) return yield* fail(sys, name, result);
  if (filters) writeTable(sys, result as Table);
  else if (result !== table && !["flush", "zero"].includes(call.command)) {
    yield* sys.write(
      2,
      `${name}: changes to ${name.startsWith("ip6") ? "IPv6 rules" : `the ${call.table} table`} are not modelled in this sandbox\n`,
    );
    return 4;
  }
  return 0;
}

export const iptables: Program = { name: "iptables", main: run };
export const ip6tables: Program = { name: "ip6tables", main: run };

/** The rules as iptables-restore reads them. */
export const iptablesSave: Program = {
  name: "iptables-save",
  *main(sys) {
    if (sys.info.euid !== 0) {
      yield* sys.write(
        2,
        `iptables-save ${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)\n`,
      );
      return 4;
    }
    const table = readTable(sys);
    if (sys.netfilter() === undefined) return 0;
    const date = `${new Date(sys.now()).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, "$1 $3 $2 $5 $4")}`;
    const heads = Object.entries(table).map(([name, chain]) => `:${name} ${chain.policy ?? "-"} [0:0]\n`);
    const rules = Object.entries(table).flatMap(([name, chain]) =>
      chain.rules.map((rule) => `${formatSaved(name, rule)}\n`),
    );
    yield* sys.write(
      1,
      `# Generated by iptables-save ${VERSION} on ${date}\n*filter\n${heads.join("")}${rules.join("")}COMMIT\n# Completed on ${date}\n`,
    );
    return 0;
  },
};

/** Sets the filter table from what iptables-save printed. */
export const iptablesRestore: Program = {
  name: "iptables-restore",
  *main(sys) {
    let text = "";
    for (;;) {
      const part = yield* sys.read(0);
      if (isErrno(part) || part.length === 0) break;
      text += decode(part);
    }
    let table: Table = Object.fromEntries(
      (TABLES["filter"] ?? []).map((name) => [name, { policy: "ACCEPT" as const, rules: [] }]),
    );
    for (const [i, line] of text.split("\n").entries()) {
      const chain = /^:(\S+) (ACCEPT|DROP|-)/.exec(line);
      if (chain)
        table = {
          ...table,
          [chain[1] as string]: { rules: [], ...(chain[2] === "-" ? {} : { policy: chain[2] as "DROP" }) },
        };
      if (!line.startsWith("-A ")) continue;
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
      const call = parseCall(words);
      const result = isMistake(call) ? call : perform(table, call, hostsOf(sys));
      if (typeof result === "string" || isMistake(result)) {
        yield* sys.write(2, `iptables-restore: line ${i + 1} failed\n`);
        return 1;
      }
      table = result;
    }
    writeTable(sys, table);
    return 0;
  },
};
