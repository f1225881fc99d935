// set and shopt: the shell's options and positional parameters.

import type { Task } from "../../kernel/sys.ts";
import { complain, type Shell, type Variable } from "../state.ts";
import { findVariable, rawVariable, variableNames } from "../vars.ts";
import { formatPlain, functionText } from "./declare.ts";
import { type Builtin, badFlags, parseFlags, print, usage } from "./define.ts";

/** Long names by letter, in the order of `set -o`. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "allexport",
  B: "braceexpand",
  e: "errexit",
  E: "errtrace",
  T: "functrace",
  h: "hashall",
  H: "histexpand",
  k: "keyword",
  m: "monitor",
  C: "noclobber",
  n: "noexec",
  f: "noglob",
  b: "notify",
  u: "nounset",
  t: "onecmd",
  P: "physical",
  p: "privileged",
  v: "verbose",
  x: "xtrace",
};
export const OPTION_NAMES = [
  "allexport",
  "braceexpand",
  "emacs",
  "errexit",
  "errtrace",
  "functrace",
  "hashall",
  "histexpand",
  "history",
  "ignoreeof",
  "interactive-comments",
  "keyword",
  "monitor",
  "noclobber",
  "noexec",
  "noglob",
  "nolog",
  "notify",
  "nounset",
  "onecmd",
  "physical",
  "pipefail",
  "posix",
  "privileged",
  "verbose",
  "vi",
  "xtrace",
] as const;

export const SHOPT_NAMES = [
  "autocd",
  "assoc_expand_once",
  "cdable_vars",
  "cdspell",
  "checkhash",
  "checkjobs",
  "checkwinsize",
  "cmdhist",
  "compat31",
  "compat32",
  "compat40",
  "compat41",
  "compat42",
  "compat43",
  "compat44",
  "complete_fullquote",
  "direxpand",
  "dirspell",
  "dotglob",
  "execfail",
  "expand_aliases",
  "extdebug",
  "extglob",
  "extquote",
  "failglob",
  "force_fignore",
  "globasciiranges",
  "globskipdots",
  "globstar",
  "gnu_errfmt",
  "histappend",
  "histreedit",
  "histverify",
  "hostcomplete",
  "huponexit",
  "inherit_errexit",
  "interactive_comments",
  "lastpipe",
  "lithist",
  "localvar_inherit",
  "localvar_unset",
  "login_shell",
  "mailwarn",
  "no_empty_cmd_completion",
  "nocaseglob",
  "nocasematch",
  "noexpand_translation",
  "nullglob",
  "patsub_replacement",
  "progcomp",
  "progcomp_alias",
  "promptvars",
  "restricted_shell",
  "shift_verbose",
  "sourcepath",
  "syslog_history",
  "varredir_close",
  "xpg_echo",
] as const;

/** Turns an option on or off; false where it does not exist. */
export function setOption(sh: Shell, name: string, on: boolean): boolean {
  if (!(OPTION_NAMES as readonly string[]).includes(name)) return false;
  const { options } = sh.state;
  if (on) options.add(name);
  else options.delete(name);
  if (name === "emacs" && on) options.delete("vi");
  if (name === "vi" && on) options.delete("emacs");
  if (name === "monitor") sh.jobControl = on && sh.sys.isatty(0);
  return true;
}

/** Options by letters, as on bash's own command line; the letter that does not exist, or undefined. */
export function setLetters(sh: Shell, text: string): string | undefined {
  const on = text[0] === "-";
  for (const letter of text.slice(1)) {
    const name = LETTERS[letter];
    if (name === undefined) return letter;
    setOption(sh, name, on);
  }
  return undefined;
}

function* listVariables(sh: Shell): Task<number> {
  const lines = variableNames(sh)
    .map((name) => formatPlain(name, rawVariable(sh, name) ?? (findVariable(sh, name) as Variable)))
    .filter((line) => line !== undefined);
  const functions = [...sh.state.functions.keys()].sort().map((name) => functionText(sh, name));
  return yield* print(sh, `${lines.join("\n")}\n${functions.join("")}`);
}

export const set: Builtin = {
  usage: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
  summary: "Set or unset values of shell options and positional parameters.",
  *run(sh, args) {
    const { state } = sh;
    if (args.length === 0) return yield* listVariables(sh);
    let at = 0;
    for (; at < args.length; at++) {
      const arg = args[at] as string;
      if (arg === "--") {
        state.params = args.slice(at + 1);
        return 0;
      }
      if (arg === "-") {
        state.options.delete("xtrace");
        state.options.delete("verbose");
        if (at + 1 < args.length) state.params = args.slice(at + 1);
        return 0;
      }
      if (!/^[-+]./.test(arg)) break;
      const sign = arg[0] as string;
      for (const letter of arg.slice(1)) {
        if (letter === "o") {
          const name = args[at + 1];
          if (name === undefined) {
            const shown =
              sign === "-"
                ? (option: string) => `${option.padEnd(15)}\t${state.options.has(option) ? "on" : "off"}\n`
                : (option: string) => `set ${state.options.has(option) ? "-" : "+"}o ${option}\n`;
            yield* print(sh, OPTION_NAMES.map(shown).join(""));
            continue;
          }
          at += 1;
          if (setOption(sh, name, sign === "-")) continue;
          yield* complain(sh, `${name}: invalid option name`);
          return 2;
        }
        const bad = setLetters(sh, sign + letter);
        if (bad === undefined) continue;
        yield* complain(sh, `${sign}${bad}: invalid option`);
        return yield* usage(sh, set);
      }
    }
    if (at < args.length) state.params = args.slice(at);
    return 0;
  },
};

export const shopt: Builtin = {
  usage: "shopt [-pqsu] [-o] [optname ...]",
  summary: "Set and unset shell options.",
  *run(sh, args) {
    const flags = parseFlags(args, "pqsuo");
    if (flags.bad !== undefined) return yield* badFlags(sh, shopt, flags);
    const long = flags.flags.includes("o");
    const all: readonly string[] = long ? OPTION_NAMES : SHOPT_NAMES;
    const on = long ? sh.state.options : sh.state.shopt;
    const [turnOn, turnOff, quiet] = ["s", "u", "q"].map((flag) => flags.flags.includes(flag));
    if (turnOn && turnOff) {
      yield* complain(sh, "cannot set and unset shell options simultaneously");
      return 1;
    }
    const show = (name: string) => {
      if (!flags.flags.includes("p")) return `${name.padEnd(15)}\t${on.has(name) ? "on" : "off"}\n`;
      return long ? `set ${on.has(name) ? "-" : "+"}o ${name}\n` : `shopt ${on.has(name) ? "-s" : "-u"} ${name}\n`;
    };
    if (flags.rest.length === 0) {
      const names = all.filter((name) => (turnOn ? on.has(name) : turnOff ? !on.has(name) : true));
      return quiet ? 0 : yield* print(sh, names.map(show).join(""));
    }
    let status = 0;
    for (const name of flags.rest) {
      if (!all.includes(name)) {
        yield* complain(sh, `${name}: invalid ${long ? "option" : "shell option"} name`);
        status = 1;
      } else if (turnOn || turnOff) {
        if (long) setOption(sh, name, turnOn === true);
        else if (turnOn) on.add(name);
        else on.delete(name);
      } else {
        if (!on.has(name)) status = 1;
        if (!quiet) yield* print(sh, show(name));
      }
    }
    return status;
  },
};
