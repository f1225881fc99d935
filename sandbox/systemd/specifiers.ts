// `%n`, `%H`, `%i` … in unit files. Pure: what they stand for comes in from outside.

import { parseUnitName, unescapeName } from "./unit-name.ts";

/** Facts that specifiers may name. */
export interface SpecifierFacts {
  readonly hostname: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly user?: string;
  readonly home?: string;
  readonly shell?: string;
  readonly osId?: string;
  readonly osVersion?: string;
}

/** Whether some `%` names nothing. */
export function hasUnknownSpecifier(text: string): boolean {
  return /%[^%nNpPiIfjJHlqmbvaowtSCLEDdTVuUgGhscrRAyYBM]/.test(text.replaceAll("%%", ""));
}

/** Replaces the specifiers of `text`; unknown ones and a lone `%` stay as they are. */
export function expandSpecifiers(text: string, unit: string, facts: SpecifierFacts): string {
  if (!text.includes("%")) return text;
  const { prefix, instance, base } = parseUnitName(unit);
  const values: Readonly<Record<string, string>> = {
    "%": "%",
    n: unit,
    N: base,
    p: prefix,
    P: unescapeName(prefix),
    i: instance ?? "",
    I: unescapeName(instance ?? ""),
    f: `/${unescapeName(instance ?? prefix)}`,
    j: prefix.slice(prefix.lastIndexOf("-") + 1),
    J: unescapeName(prefix.slice(prefix.lastIndexOf("-") + 1)),
    H: facts.hostname,
    l: facts.hostname.split(".")[0] ?? "",
    q: facts.hostname,
    m: facts.machineId,
    b: facts.bootId,
    v: facts.kernel,
    a: facts.architecture === "x86_64" ? "x86-64" : facts.architecture,
    o: facts.osId ?? "debian",
    w: facts.osVersion ?? "13",
    t: "/run",
    S: "/var/lib",
    C: "/var/cache",
    L: "/var/log",
    E: "/etc",
    T: "/tmp",
    V: "/var/tmp",
    u: facts.user ?? "root",
    U: "0",
    g: "root",
    G: "0",
    h: facts.home ?? "/root",
    s: facts.shell ?? "/bin/bash",
    c: `/system.slice/${unit}`,
    r: "/system.slice",
    R: "/",
  };
  return text.replace(/%([\s\S])/g, (whole, letter: string) => values[letter] ?? whole);
}
