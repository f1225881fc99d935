// Two request methods asked for at once: -I, -F, -d and -T.

import type { Interpreted, Operation, Wrong } from "./settings.ts";

const METHODS = {
  head: "HEAD (-I, --head)",
  form: "multipart formpost (-F, --form)",
  data: "POST (-d, --data)",
  upload: "PUT (-T, --upload-file)",
} as const;

/** What an operation asks for by its options so far. */
function chosen(operation: Operation): (keyof typeof METHODS)[] {
  const list: (keyof typeof METHODS)[] = [];
  if (operation.uploads.length > 0) list.push("upload");
  if (operation.data !== undefined && !operation.get) list.push("data");
  if (operation.head) list.push("head");
  if (operation.form.length > 0) list.push("form");
  return list;
}

function clashText(one: keyof typeof METHODS, other: keyof typeof METHODS): string {
  return `You can only select one HTTP request method! You asked for both ${METHODS[one]} and ${METHODS[other]}.`;
}

/** -I behind -F is refused at once; other pairs only when all has been read. */
export function clash(
  operation: Operation,
  name: "head",
  modern: boolean,
  state: Interpreted,
  refuse: (reason: string) => Wrong,
): Wrong | undefined {
  if (!modern || operation.form.length === 0) return undefined;
  state.warnings.push(clashText(name, "form"));
  return refuse("is badly used here");
}

/** Two methods asked for at once: what is said of them, if there are. */
export function methodClash(operation: Operation): string | undefined {
  const [one, other] = chosen(operation);
  return one === undefined || other === undefined ? undefined : clashText(one, other);
}
