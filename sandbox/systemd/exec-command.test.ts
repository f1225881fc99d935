import { describe, expect, it } from "vitest";
import type { Complaint } from "./config-file.ts";
import { splitLines } from "./config-file.ts";
import { parseEnvFile } from "./env-file.ts";
import { expandArguments, parseExecLine } from "./exec-command.ts";

/** Arguments that a program is started with, or "fatal". */
function started(line: string, env: Record<string, string> = {}): readonly string[] | "fatal" {
  const complaints: Complaint[] = [];
  const context = {
    file: "x.service",
    line: 1,
    specifiers: (text: string) => text,
    complain: (one: Complaint) => void complaints.push(one),
  };
  const commands = parseExecLine(line, context);
  if (commands === "fatal" || commands[0] === undefined) return "fatal";
  const [command] = commands;
  return command.noExpand ? command.argv : expandArguments(command.argv, env).argv;
}

describe("ExecStart=", () => {
  const env = { A: "--v=2 --x", Q: `"a b" c`, EMPTY: "" };
  it.each([
    ["$A is split into words", "/bin/p $A", ["/bin/p", "--v=2", "--x"]],
    ["${A} stays one word", "/bin/p ${A}", ["/bin/p", "--v=2 --x"]],
    ["quotes in a value count for $Q alone", "/bin/p $Q ${Q}", ["/bin/p", "a b", "c", `"a b" c`]],
    ["$A inside a word is no variable", "/bin/p x$A", ["/bin/p", "x$A"]],
    ["${A} inside a word is one", "/bin/p x${A}", ["/bin/p", "x--v=2 --x"]],
    ["an empty $EMPTY vanishes, an empty ${EMPTY} is an empty word", "/bin/p $EMPTY ${EMPTY}", ["/bin/p", ""]],
    ["$$ is a dollar", "/bin/p $$A", ["/bin/p", "$A"]],
    ["`:` leaves variables alone", ":/bin/p $A", ["/bin/p", "$A"]],
    ["`@` takes argv[0] from the line", "@/bin/p me $A", ["me", "--v=2", "--x"]],
    ["no shell: redirections and pipes are words", "/bin/p >/tmp/x | y", ["/bin/p", ">/tmp/x", "|", "y"]],
    ["a lone semicolon ends the command", "/bin/p a ; /bin/q b", ["/bin/p", "a"]],
    ["an open quote spoils the line", `/bin/p "a b`, "fatal"],
  ])("%s", (_, line, words) => {
    const result = started(line, env);
    expect(result).toEqual(words);
  });
});

describe("unit and environment files", () => {
  it("keep a comment out of a continued line, but not what follows a missing backslash", () => {
    expect(splitLines("ExecStart=/bin/p \\\n# gone\n --a\n--b\n").filter((line) => line !== "")).toHaveLength(4);
  });
  it("take quotes, escapes and continuations of an environment file", () => {
    const text = `A="x y"\nB='$A'\n# C=1\nexport D=1\nE=one \\\n two\nF = spaced \n`;
    const found = Object.fromEntries(parseEnvFile(text).map(({ name, value }) => [name, value]));
    expect(found).toMatchObject({ A: "x y", B: "$A", E: "one  two" });
    expect(found).not.toHaveProperty("C");
  });
});
