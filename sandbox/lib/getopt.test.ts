import { expect, test } from "vitest";
import { parseOptions, parseOptionTable } from "./getopt.ts";

const specs = parseOptionTable(`
  a,all  everything
  r|R,recursive  go down
  n,lines=[-]NUM  how many
  ,color[=WHEN]  colours
  ,context[=CTX]  context
  q,quiet~silent  say less`);

test("letters are bundled, and the rest of a bundle is the argument", () => {
  expect(parseOptions(["-aRn5", "x"], specs)).toEqual({
    options: [
      ["a", undefined],
      ["r", undefined],
      ["n", "5"],
    ],
    operands: ["x"],
  });
});

test("operands may stand between options until --, or end them where POSIX is asked for", () => {
  expect(parseOptions(["x", "-a", "--", "-a"], specs).operands).toEqual(["x", "-a"]);
  expect(parseOptions(["x", "-a"], specs, true)).toEqual({ options: [], operands: ["x", "-a"] });
});

test("long names may be shortened as long as they mean one option", () => {
  expect(parseOptions(["--li", "3", "--sil", "--col=always"], specs).options).toEqual([
    ["n", "3"],
    ["q", undefined],
    ["color", "always"],
  ]);
  expect(parseOptions(["--co"], specs).error).toBe("option '--co' is ambiguous; possibilities: '--color' '--context'");
});

test("messages are those of glibc", () => {
  expect(parseOptions(["--foo=1"], specs).error).toBe("unrecognized option '--foo=1'");
  expect(parseOptions(["--all=1"], specs).error).toBe("option '--all' doesn't allow an argument");
  expect(parseOptions(["--lines"], specs).error).toBe("option '--lines' requires an argument");
  expect(parseOptions(["-an"], specs).error).toBe("option requires an argument -- 'n'");
  expect(parseOptions(["-Z"], specs).error).toBe("invalid option -- 'Z'");
});
