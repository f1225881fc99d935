// Feature gates: which are known, what they are set to, and the errors of setting them.

import { gates120, gates136 } from "./gates-table.ts";

interface Gate {
  readonly stage: string;
  readonly initial: boolean;
  readonly locked: boolean;
}

function parseTable(text: string): ReadonlyMap<string, Gate> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((item) => {
        const [name = "", code = ""] = item.split(":");
        return [name, { stage: code.charAt(0), initial: code.charAt(1) === "1", locked: code.endsWith("l") }] as const;
      }),
  );
}

const modern = parseTable(gates136);
const old = parseTable(gates120);

export const gatesOf = (minor: number): ReadonlyMap<string, Gate> => (minor >= 36 ? modern : old);

/** Names in the order in which errors are found. */
export function checkGates(wanted: Readonly<Record<string, boolean>>, minor: number): string | undefined {
  const known = gatesOf(minor);
  for (const name of Object.keys(wanted).sort()) {
    if (name === "AllAlpha" || name === "AllBeta") continue;
    const gate = known.get(name);
    if (gate === undefined) return `unrecognized feature gate: ${name}`;
    if (gate.locked && gate.initial !== wanted[name])
      return `cannot set feature gate ${name} to ${wanted[name]}, feature is locked to ${gate.initial}`;
  }
  return undefined;
}

/** Whether a gate is on, AllAlpha and AllBeta included. */
export function gateOn(name: string, set: Readonly<Record<string, boolean>>, minor: number): boolean {
  if (set[name] !== undefined) return set[name];
  const gate = gatesOf(minor).get(name);
  if (gate === undefined) return false;
  if (!gate.locked && gate.stage === "a" && set["AllAlpha"] !== undefined) return set["AllAlpha"];
  if (!gate.locked && gate.stage === "b" && set["AllBeta"] !== undefined) return set["AllBeta"];
  return gate.initial;
}
