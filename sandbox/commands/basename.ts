// basename and dirname: the last part of a path, and what stands before it.

import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

/** The last part of a path, without slashes at its end. */
export function lastPart(path: string): string {
  if (path === "") return "";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** The path without its last part. */
export function folderPart(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed === "") return path === "" ? "." : "/";
  const slash = trimmed.lastIndexOf("/");
  if (slash < 0) return ".";
  return trimmed.slice(0, slash).replace(/\/+$/, "") || "/";
}

export const basename = defineCommand({
  name: "basename",
  summary: "Print NAME with any leading directory components removed; also remove a trailing SUFFIX.",
  usage: ["NAME [SUFFIX]", "OPTION... NAME..."],
  posix: true,
  options: `
    a,multiple  support multiple arguments and treat each as a NAME
    s,suffix=SUFFIX  remove a trailing SUFFIX; implies -a
    z,zero  end each output line with NUL, not newline`,
  *run(io) {
    const [first, second, third] = io.operands;
    if (first === undefined) return yield* io.usageError("missing operand");
    const many = io.has("a") || io.has("s");
    if (!many && third !== undefined) return yield* io.usageError(`extra operand ${quote(third)}`);
    const suffix = many ? (io.value("s") ?? "") : (second ?? "");
    for (const path of many ? io.operands : [first]) {
      const name = lastPart(path);
      const cut = suffix !== "" && name !== suffix && name.endsWith(suffix) && name !== "/";
      io.print((cut ? name.slice(0, -suffix.length) : name) + (io.has("z") ? "\0" : "\n"));
    }
    return 0;
  },
});

export const dirname = defineCommand({
  name: "dirname",
  summary: "Output each NAME with its last non-slash component and trailing slashes removed.",
  usage: ["[OPTION] NAME..."],
  options: "z,zero  end each output line with NUL, not newline",
  *run(io) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    for (const path of io.operands) io.print(folderPart(path) + (io.has("z") ? "\0" : "\n"));
    return 0;
  },
});
