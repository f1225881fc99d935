// ufw 0.36.2: the uncomplicated firewall. Its rules live in /etc/ufw, and while it is enabled they are the INPUT chain's.
// fidelity: real ufw spreads its rules over some thirty chains; here they stand in ufw-user-input, with the same effect.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { readTable, writeTable } from "./iptables/iptables.ts";
import { isMistake, parseRule, type Rule } from "./iptables/rule.ts";

type Action = "allow" | "deny" | "reject" | "limit";

/** A rule as people state it. `port` and `protocol` are "any" where left open; `both` rules hold for IPv6 too. */
interface UfwRule {
  readonly action: Action;
  readonly port: string;
  readonly protocol: string;
  readonly from: string;
  readonly to: string;
  readonly direction: "in" | "out";
  readonly comment: string;
}

interface State {
  enabled: boolean;
  incoming: Action;
  outgoing: Action;
  rules: UfwRule[];
}

const CONF = "/etc/ufw/ufw.conf";
const RULES = "/etc/ufw/user.rules";
const DEFAULTS = "/etc/default/ufw";
const SERVICES: Readonly<Record<string, readonly [port: string, protocol: string]>> = {
  ssh: ["22", "tcp"],
  http: ["80", "tcp"],
  https: ["443", "tcp"],
  domain: ["53", "any"],
  smtp: ["25", "tcp"],
};
const USAGE = `
Usage: ufw COMMAND

Commands:
 enable                          enables the firewall
 disable                         disables the firewall
 default ARG                     set default policy
 logging LEVEL                   set logging to LEVEL
 allow ARGS                      add allow rule
 deny ARGS                       add deny rule
 reject ARGS                     add reject rule
 limit ARGS                      add limit rule
 delete RULE|NUM                 delete RULE
 insert NUM RULE                 insert RULE at NUM
 prepend RULE                    prepend RULE
 route RULE                      add route RULE
 route delete RULE|NUM           delete route RULE
 route insert NUM RULE           insert route RULE at NUM
 reload                          reload firewall
 reset                           reset firewall
 status                          show firewall status
 status numbered                 show firewall status as numbered list of RULES
 status verbose                  show verbose firewall status
 show ARG                        show firewall report
 version                         display version information

Application profile commands:
 app list                        list application profiles
 app info PROFILE                show information on PROFILE
 app update PROFILE              update PROFILE
 app default ARG                 set default application policy

`;

/** What a command leaves: text, exit status. */
interface Outcome {
  readonly out?: string;
  readonly error?: string;
  readonly status?: number;
}

const failed = (error: string, status = 1): Outcome => ({ error: `ERROR: ${error}\n`, status });

function readText(sys: Sys, path: string): string {
  const data = sys.readFile(path);
  return isErrno(data) ? "" : decode(data);
}

function readState(sys: Sys): State {
  const policy = (name: string, otherwise: Action): Action => {
    const line = readText(sys, DEFAULTS)
      .split("\n")
      .find((each) => each.startsWith(`DEFAULT_${name}_POLICY="`));
    const word = line?.split('"')[1];
    return word === undefined ? otherwise : word === "DROP" ? "deny" : word === "REJECT" ? "reject" : "allow";
  };
  const rules: UfwRule[] = [];
  for (const [, line = ""] of readText(sys, RULES).matchAll(/^### tuple ### (.*)$/gm)) {
    const [action = "", protocol = "", port = "", to = "", , from = "", direction = "", comment = ""] = line.split(" ");
    rules.push({
      action: action as Action,
      protocol,
      port,
      from,
      to,
      direction: direction as "in",
      comment: decodeURIComponent(comment.replace(/^comment=/, "")),
    });
  }
  return {
    enabled: /^ENABLED=yes/m.test(readText(sys, CONF)),
    incoming: policy("INPUT", "deny"),
    outgoing: policy("OUTPUT", "allow"),
    rules,
  };
}

function keepState(sys: Sys, state: State): void {
  sys.mkdir("/etc/ufw", 0o755);
  sys.writeFile(
    CONF,
    `# /etc/ufw/ufw.conf\n#\n\n# Set to yes to start on boot.\nENABLED=${state.enabled ? "yes" : "no"}\n\nLOGLEVEL=low\n`,
  );
  const word = (action: Action): string => (action === "deny" ? "DROP" : action === "reject" ? "REJECT" : "ACCEPT");
  sys.writeFile(
    DEFAULTS,
    `# /etc/default/ufw\n#\n\nIPV6=yes\nDEFAULT_INPUT_POLICY="${word(state.incoming)}"\nDEFAULT_OUTPUT_POLICY="${word(state.outgoing)}"\nDEFAULT_FORWARD_POLICY="DROP"\n`,
  );
  const tuples = state.rules.map((rule) => {
    const comment = rule.comment === "" ? "" : ` comment=${encodeURIComponent(rule.comment)}`;
    const dport = rule.protocol === "any" ? rule.port : rule.port;
    return `### tuple ### ${rule.action} ${rule.protocol} ${dport} ${rule.to} any ${rule.from} ${rule.direction}${comment}\n`;
  });
  sys.writeFile(
    RULES,
    `*filter\n:ufw-user-input - [0:0]\n:ufw-user-output - [0:0]\n### RULES ###\n\n${tuples.join("\n")}\n### END RULES ###\nCOMMIT\n`,
    { mode: 0o640 },
  );
  applyRules(sys, state);
}

/** Makes the kernel's rules those of the state. */
function applyRules(sys: Sys, state: State): void {
  const others = Object.fromEntries(Object.entries(readTable(sys)).filter(([name]) => !name.startsWith("ufw-")));
  const plain = (chain: string): readonly Rule[] =>
    (others[chain]?.rules ?? []).filter((rule) => !rule.target.startsWith("ufw-"));
  const policy = (action: Action): "ACCEPT" | "DROP" => (action === "allow" ? "ACCEPT" : "DROP");
  if (!state.enabled) {
    writeTable(sys, {
      ...others,
      INPUT: { policy: "ACCEPT", rules: plain("INPUT") },
      OUTPUT: { policy: "ACCEPT", rules: plain("OUTPUT") },
    });
    return;
  }
  const before = ["-i lo -j ACCEPT", "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-p icmp -j ACCEPT"].map(
    toRule,
  );
  const user = (direction: "in" | "out"): Rule[] =>
    state.rules.filter((rule) => rule.direction === direction).flatMap((rule) => wordsOf(rule).map(toRule));
  writeTable(sys, {
    ...others,
    INPUT: {
      policy: policy(state.incoming),
      rules: [...plain("INPUT"), toRule("-j ufw-before-input"), toRule("-j ufw-user-input")],
    },
    OUTPUT: { policy: policy(state.outgoing), rules: [...plain("OUTPUT"), toRule("-j ufw-user-output")] },
    "ufw-before-input": { rules: before },
    "ufw-user-input": { rules: user("in") },
    "ufw-user-output": { rules: user("out") },
  });
}

function toRule(words: string): Rule {
  const rule = parseRule(
    words.split(" "),
    () => true,
    () => undefined,
  );
  if (isMistake(rule)) throw new Error(`ufw made a rule that iptables refuses: ${words}`);
  return rule;
}

function wordsOf(rule: UfwRule): string[] {
  const target = { allow: "ACCEPT", limit: "ACCEPT", deny: "DROP", reject: "REJECT" }[rule.action];
  const places = `${rule.from === "0.0.0.0/0" ? "" : `-s ${rule.from} `}${rule.to === "0.0.0.0/0" ? "" : `-d ${rule.to} `}`;
  if (rule.port === "any") return [`${places}${rule.protocol === "any" ? "" : `-p ${rule.protocol} `}-j ${target}`];
  const protocols = rule.protocol === "any" ? ["tcp", "udp"] : [rule.protocol];
  const ports = /[,]/.test(rule.port) ? `-m multiport --dports ${rule.port}` : `--dport ${rule.port}`;
  return protocols.map((protocol) => `${places}-p ${protocol} ${ports} -j ${target}`);
}

/** Reads `22/tcp`, `ssh`, `from ADDRESS to any port N proto tcp`, `in 22` and their like. */
function parseUfwRule(action: Action, given: readonly string[]): UfwRule | string {
  const words = [...given];
  const rule = {
    action,
    port: "any",
    protocol: "any",
    from: "0.0.0.0/0",
    to: "0.0.0.0/0",
    direction: "in" as "in" | "out",
    comment: "",
  };
  if (words[0] === "in" || words[0] === "out") rule.direction = words.shift() as "in";
  const comment = words.indexOf("comment");
  if (comment >= 0) rule.comment = words.splice(comment, 2)[1] ?? "";
  if (words.length === 0) return "not enough args";
  if (words.length === 1) {
    const [name = "", protocol] = (words[0] as string).split("/");
    const service = SERVICES[name];
    if (!/^\d+([:,]\d+)*$/.test(name) && service === undefined) {
      return /^[\d.]+$/.test(name) ? "Bad port" : `Could not find a profile matching '${words[0]}'`;
    }
    if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp") return `Unsupported protocol '${protocol}'`;
    if (/[:,]/.test(name) && protocol === undefined) return "Must specify 'tcp' or 'udp' with multiple ports";
    if (name.split(/[:,]/).some((port) => Number(port) > 65_535)) return `Bad port '${name}'`;
    return { ...rule, port: service?.[0] ?? name, protocol: protocol ?? service?.[1] ?? "any" };
  }
  let last: "from" | "to" = "to";
  for (let i = 0; i < words.length; i += 2) {
    const [key, value] = [words[i], words[i + 1]];
    if (value === undefined) return "Wrong number of arguments";
    if (key === "from" || key === "to") {
      const address = value === "any" ? "0.0.0.0/0" : value;
      if (!/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(address))
        return `Bad ${key === "from" ? "source" : "destination"} address`;
      rule[key] = address;
      last = key;
    } else if (key === "port") {
      if (last === "from") return "source ports are not modelled in this sandbox";
      rule.port = SERVICES[value]?.[0] ?? value;
    } else if (key === "proto") rule.protocol = value;
    else if (key === "on") return "interfaces are not modelled in this sandbox";
    else return `Invalid token '${key}'`;
  }
  return rule;
}

const sameRule = (one: UfwRule, other: UfwRule, action = true): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  one.from === other.from &&
  one.to === other.to &&
  one.direction === other.direction &&
  (!action || one.action === other.action);

const isBoth = (rule: UfwRule): boolean => rule.from === "0.0.0.0/0" && rule.to === "0.0.0.0/0";
const spoken = (rule: UfwRule, text: string): string => `${text}\n${isBoth(rule) ? `${text} (v6)\n` : ""}`;

function addRule(state: State, words: readonly string[], at: number | undefined): Outcome {
  const rule = parseUfwRule(words[0] as Action, words.slice(1));
  if (typeof rule === "string") return failed(rule);
  if (state.rules.some((each) => sameRule(each, rule))) return { out: spoken(rule, "Skipping adding existing rule") };
  const twin = state.rules.findIndex((each) => sameRule(each, rule, false));
  const verb = twin >= 0 ? "updated" : at === undefined ? "added" : "inserted";
  if (twin >= 0) state.rules[twin] = rule;
  else if (at === undefined) state.rules.push(rule);
  else if (at > state.rules.length + 1) return failed(`Invalid position '${at}'`);
  else state.rules.splice(at - 1, 0, rule);
  return { out: state.enabled ? spoken(rule, `Rule ${verb}`) : spoken(rule, "Rules updated") };
}

function deleteRule(state: State, words: readonly string[]): Outcome {
  const number = Number(words[0]);
  if (words.length === 1 && Number.isInteger(number)) {
    const rows = listed(state);
    const row = rows[number - 1];
    if (row === undefined) return failed(`Could not find rule '${number}'`);
    state.rules = state.rules.filter((each) => each !== row.rule);
    return { out: "Rule deleted\n" };
  }
  const rule = parseUfwRule(words[0] as Action, words.slice(1));
  if (typeof rule === "string") return failed(rule);
  const at = state.rules.findIndex((each) => sameRule(each, rule));
  if (at < 0) return { out: spoken(rule, "Could not delete non-existent rule") };
  state.rules.splice(at, 1);
  return { out: state.enabled ? spoken(rule, "Rule deleted") : spoken(rule, "Rules updated") };
}

/** Rows of the status: rules for IPv4 in order, then those that hold for IPv6 too. */
function listed(state: State): { rule: UfwRule; v6: boolean }[] {
  return [
    ...state.rules.map((rule) => ({ rule, v6: false })),
    ...state.rules.filter(isBoth).map((rule) => ({ rule, v6: true })),
  ];
}

function formatStatus(state: State, style: string): string {
  if (!state.enabled) return "Status: inactive\n";
  const verbose = style === "verbose";
  const policy = `Logging: on (low)\nDefault: ${state.incoming} (incoming), ${state.outgoing} (outgoing), disabled (routed)\nNew profiles: skip\n`;
  const rows = listed(state);
  if (rows.length === 0) return `Status: active\n${verbose ? policy : ""}`;
  const indent = style === "numbered" ? "     " : "";
  const lines = rows.map(({ rule, v6 }, i) => {
    const six = v6 ? " (v6)" : "";
    const port = rule.port === "any" ? "" : `${rule.port}${rule.protocol === "any" ? "" : `/${rule.protocol}`}`;
    const to = [rule.to === "0.0.0.0/0" ? "" : rule.to, port].filter(Boolean).join(" ") || "Anywhere";
    const from = rule.from === "0.0.0.0/0" ? "Anywhere" : rule.from;
    const direction =
      verbose || style === "numbered" || rule.direction === "out" ? ` ${rule.direction.toUpperCase()}` : "";
    const number = style === "numbered" ? `[${String(i + 1).padStart(2)}] ` : "";
    const comment = rule.comment === "" ? "" : ` # ${rule.comment}`;
    return `${number}${(to + six).padEnd(26)} ${(rule.action.toUpperCase() + direction).padEnd(11)} ${(from + six).padEnd(26)}${comment}\n`;
  });
  const head = `${indent}${"To".padEnd(26)} ${"Action".padEnd(11)} From\n${indent}${"--".padEnd(26)} ${"------".padEnd(11)} ----\n`;
  return `Status: active\n${verbose ? policy : ""}\n${head}${lines.join("")}\n`;
}

/** Enabling over ssh asks first; without a terminal on the input, or with --force, it does not. */
function* mayDisrupt(sys: Sys, force: boolean): Task<boolean> {
  const overSsh = sys.env["SSH_CONNECTION"] !== undefined;
  if (force || !overSsh || !sys.isatty(0)) return true;
  yield* sys.write(1, "Command may disrupt existing ssh connections. Proceed with operation (y|n)? ");
  const answer = yield* sys.read(0);
  return !isErrno(answer) && /^y/i.test(decode(answer));
}

function* perform(sys: Sys, state: State, words: readonly string[], force: boolean): Task<Outcome> {
  const [command = "", ...rest] = words;
  switch (command) {
    case "status":
      if (rest[0] !== undefined && rest[0] !== "verbose" && rest[0] !== "numbered") return failed("Invalid syntax");
      return { out: formatStatus(state, rest[0] ?? "") };
    case "enable":
      if (!(yield* mayDisrupt(sys, force))) return { out: "Aborted\n" };
      state.enabled = true;
      return { out: "Firewall is active and enabled on system startup\n" };
    case "disable":
      state.enabled = false;
      return { out: "Firewall stopped and disabled on system startup\n" };
    case "reload":
      return { out: state.enabled ? "Firewall reloaded\n" : "Firewall not enabled (skipping reload)\n" };
    case "reset":
      Object.assign(state, { enabled: false, incoming: "deny", outgoing: "allow", rules: [] });
      return { out: "" };
    case "default": {
      const [policy = "", direction = "incoming"] = rest;
      if (!["allow", "deny", "reject"].includes(policy) || !["incoming", "outgoing"].includes(direction))
        return failed("Invalid syntax");
      state[direction as "incoming"] = policy as Action;
      return {
        out: `Default ${direction} policy changed to '${policy}'\n(be sure to update your rules accordingly)\n`,
      };
    }
    case "logging":
      return { out: rest[0] === "off" ? "Logging disabled\n" : "Logging enabled\n" };
    case "allow":
    case "deny":
    case "reject":
    case "limit":
      return addRule(state, words, undefined);
    case "insert":
      return addRule(state, rest.slice(1), Number(rest[0]));
    case "prepend":
      return addRule(state, rest, 1);
    case "delete":
      return rest.length === 0 ? failed("not enough args") : deleteRule(state, rest);
    case "version":
      return { out: "ufw 0.36.2\nCopyright 2008-2023 Canonical Ltd.\n" };
    case "route":
    case "app":
    case "show":
      return failed(`'${command}' is not modelled in this sandbox`);
    default:
      return failed("Invalid syntax");
  }
}

export const ufw: Program = {
  name: "ufw",
  *main(sys, argv) {
    const words = argv.slice(1).filter((word) => word !== "--force" && word !== "-f");
    const force = words.length < argv.length - 1;
    if (words.length === 0) {
      yield* sys.write(2, "ERROR: not enough args\n");
      yield* sys.write(1, USAGE);
      return 1;
    }
    if (words[0] === "--help" || words[0] === "help") {
      yield* sys.write(1, USAGE);
      return 0;
    }
    if (words[0] === "--version") words[0] = "version";
    if (sys.info.euid !== 0 && words[0] !== "version") {
      yield* sys.write(2, "ERROR: You need to be root to run this script\n");
      return 1;
    }
    const state = readState(sys);
    const before = JSON.stringify(state);
    const { out, error, status } = yield* perform(sys, state, words, force);
    if (JSON.stringify(state) !== before) keepState(sys, state);
    if (out) yield* sys.write(1, out);
    if (error) yield* sys.write(2, error);
    if (error === "ERROR: Invalid syntax\n") yield* sys.write(1, USAGE);
    return status ?? 0;
  },
};
