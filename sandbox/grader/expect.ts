// Operators of an expectation: whether an observed fact is as wanted, and the sentence for when it is not.

import type { Expectation, Observation, Operator } from "./check.ts";

/** What came of comparing: holds, does not hold, or the fact is missing. */
export type Outcome =
  | { readonly kind: "holds" }
  | {
      readonly kind: "differs";
      readonly fact: string;
      readonly seen: string;
      readonly wanted: string;
      readonly sentence: string;
    }
  | { readonly kind: "missing"; readonly fact: string; readonly wanted: string };

type Fact = string | number | boolean;

/** One operator: its test, what it wants in words, and how it says no. */
interface Rule<Argument> {
  holds(seen: Fact, argument: Argument): boolean;
  wants(argument: Argument): string;
  fails(fact: string, seen: string, argument: Argument): string;
}

type ArgumentOf<Key extends string> =
  Extract<Operator, Record<Key, unknown>> extends Record<Key, infer Argument> ? Argument : never;
type Key = Operator extends infer One ? (One extends unknown ? keyof One & string : never) : never;

const rules: { readonly [K in Key]: Rule<ArgumentOf<K>> } = {
  is: {
    holds: (seen, argument) => seen === argument,
    wants: String,
    fails: (fact, seen, argument) => `${fact} is ${seen}, wanted ${argument}.`,
  },
  not: {
    holds: (seen, argument) => seen !== argument,
    wants: (argument) => `not ${argument}`,
    fails: (fact, seen) => `${fact} is still ${seen}.`,
  },
  oneOf: {
    holds: (seen, argument) => argument.some((one) => one === seen),
    wants: (argument) => argument.join(" or "),
    fails: (fact, seen, argument) => `${fact} is ${seen}, wanted ${argument.join(" or ")}.`,
  },
  has: {
    holds: (seen, argument) => String(seen).includes(argument),
    wants: (argument) => `“${formatFact(argument)}” in it`,
    fails: (fact, _seen, argument) => `${fact} lacks “${argument}”.`,
  },
  hasAll: {
    holds: (seen, argument) => argument.every((piece) => String(seen).includes(piece)),
    wants: (argument) => argument.map((piece) => `“${piece}”`).join(" and "),
    fails: (fact, seen, argument) =>
      `${fact} lacks ${argument
        .filter((piece) => !seen.includes(piece))
        .map((piece) => `“${piece}”`)
        .join(" and ")}.`,
  },
  hasLine: {
    holds: (seen, argument) => String(seen).split("\n").includes(argument),
    wants: (argument) => `a line “${argument}”`,
    fails: (fact, _seen, argument) => `${fact} has no line “${argument}”.`,
  },
  lacks: {
    holds: (seen, argument) => !String(seen).includes(argument),
    wants: (argument) => `no “${argument}” in it`,
    fails: (fact, _seen, argument) => `${fact} still has “${argument}”.`,
  },
  atLeast: {
    holds: (seen, argument) => typeof seen === "number" && seen >= argument,
    wants: (argument) => `${argument} or more`,
    fails: (fact, seen, argument) => `${fact} is ${seen}, wanted ${argument} or more.`,
  },
  atMost: {
    holds: (seen, argument) => typeof seen === "number" && seen <= argument,
    wants: (argument) => `${argument} or less`,
    fails: (fact, seen, argument) => `${fact} is ${seen}, wanted ${argument} or less.`,
  },
  modeWithin: {
    holds: (seen, argument) => (Number.parseInt(String(seen), 8) & ~Number.parseInt(argument, 8)) === 0,
    wants: (argument) => `${argument} or stricter`,
    fails: (fact, seen, argument) => `${fact} is ${seen}, wanted ${argument} or stricter.`,
  },
};

/** Names of facts as a reader knows them. */
const names: Readonly<Record<string, string>> = {
  status: "The status",
  body: "The answer",
  error: "The connection",
  exit: "The exit status",
  stdout: "The output",
  stderr: "The error output",
  exists: "The file’s being there",
  mode: "The mode",
  owner: "The owner",
  group: "The group",
  content: "The file",
  running: "The process’s running",
  args: "The command line",
  open: "The port’s being open",
  address: "The address",
  active: "The unit",
  sub: "The unit’s state",
  restarts: "The count of restarts",
  needReload: "The need for daemon-reload",
  text: "The journal",
  ready: "Ready",
};

/** A fact in one line, long texts cut. */
export function formatFact(value: Fact): string {
  const text = String(value).replace(/\s+/g, " ").trim();
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** All that is asked of one fact. An unknown operator, or none, is a mistake of ours and cannot compile. */
function rulesOf(operator: Operator): { rule: Rule<never>; argument: never }[] {
  if (Object.keys(operator).length === 0) throw new Error("there is no operator");
  return Object.entries(operator).map(([key, argument]) => {
    const rule = rules[key as Key] as Rule<never> | undefined;
    if (rule === undefined) throw new Error(`there is no operator "${key}"`);
    return { rule, argument: argument as never };
  });
}

/** Facts that go without saying: “a line “7”” is wanted of a file, not “content a line “7””. */
const plain = new Set(["status", "content", "body", "stdout", "stderr", "args", "text"]);

/** What an expectation wants, in words. */
export function describeWanted(expectation: Expectation): string {
  return Object.entries(expectation)
    .flatMap(([fact, operator]) =>
      rulesOf(operator).map(({ rule, argument }) => {
        const wanted = rule.wants(argument);
        if (fact === "ready" && wanted === "True") return "Ready";
        return plain.has(fact) ? wanted : `${fact} ${wanted}`;
      }),
    )
    .join(", ");
}

/** Compares an observation with an expectation; the first fact that is missing or differs decides. */
export function compare(observation: Observation, expectation: Expectation): Outcome {
  const asked = Object.entries(expectation).flatMap(([fact, operator]) =>
    rulesOf(operator).map((each) => ({ fact, ...each })),
  );
  for (const { fact, rule, argument } of asked) {
    const seen = observation[fact];
    if (seen === undefined) return { kind: "missing", fact, wanted: rule.wants(argument) };
    if (rule.holds(seen, argument)) continue;
    const shown = formatFact(seen);
    return {
      kind: "differs",
      fact,
      seen: shown,
      wanted: rule.wants(argument),
      sentence: rule.fails(names[fact] ?? fact, shown, argument),
    };
  }
  return { kind: "holds" };
}

/** Fills `{fact}` in a sentence with what was seen. */
export function fillSentence(sentence: string, observation: Observation): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, fact: string) => {
    const seen = observation[fact];
    return seen === undefined ? whole : formatFact(seen);
  });
}
