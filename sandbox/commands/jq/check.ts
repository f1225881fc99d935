// Looks for names that are not defined, as jq does before it runs anything.

import { isBuiltin } from "./builtins.ts";
import { CompileError, locate } from "./compile-error.ts";
import type { Filter, Pattern } from "./filter.ts";

/** Looks for names that are not defined, as jq does before it runs anything; all of them are told. */
export function check(
  filter: Filter,
  text: string,
  functions: ReadonlySet<string>,
  variables: ReadonlySet<string>,
): void {
  const missing: string[] = [];
  const miss = (name: string, at = 0) => missing.push(`${name} is not defined${locate(text, at)}`);
  const walk = (node: unknown, known: ReadonlySet<string>, names: ReadonlySet<string>): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one, known, names);
      return;
    }
    if (node === null || typeof node !== "object") return;
    const one = node as Filter;
    switch (one.kind) {
      case "call": {
        const name = `${one.name}/${one.args.length}`;
        if (!known.has(name) && !isBuiltin(name)) miss(name, one.at);
        walk(one.args, known, names);
        return;
      }
      case "variable":
        if (one.name !== "ENV" && !names.has(one.name)) miss(`$${one.name}`, one.at);
        return;
      case "label":
        walk(one.body, known, new Set([...names, `*label-${one.name}`]));
        return;
      case "break":
        if (!names.has(`*label-${one.name}`)) miss(`$*label-${one.name}`, one.at);
        return;
      case "define": {
        const inner = new Set([...known, `${one.name}/${one.params.length}`]);
        const own = new Set([...inner, ...one.params.map((param) => `${param.replace("$", "")}/0`)]);
        walk(
          one.body,
          own,
          new Set([...names, ...one.params.flatMap((param) => (param.startsWith("$") ? [param.slice(1)] : []))]),
        );
        walk(one.rest, inner, names);
        return;
      }
      case "bind":
      case "reduce":
      case "foreach": {
        walk(one.of, known, names);
        const bound = new Set([...names, ...namesOf(one.kind === "bind" ? one.patterns : [one.pattern])]);
        for (const key of ["body", "start", "update", "extract"] as const)
          walk((one as unknown as Record<string, unknown>)[key], known, bound);
        return;
      }
      case "literal":
        return;
      default:
        for (const child of Object.values(one)) if (typeof child === "object") walk(child, known, names);
    }
  };
  walk(filter, functions, variables);
  if (missing.length > 0) throw new CompileError(missing.join("\njq: error: "), missing.length);
}

function namesOf(patterns: readonly Pattern[]): string[] {
  return patterns.flatMap((pattern) => {
    if (pattern.kind === "name") return [pattern.name];
    if (pattern.kind === "list") return namesOf(pattern.items);
    return pattern.entries.flatMap(([, inner, name]) => [
      ...(name === undefined ? [] : [name]),
      ...(inner === undefined ? [] : namesOf([inner])),
    ]);
  });
}
