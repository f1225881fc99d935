import { describe, expect, it } from "vitest";
import { compilePerl } from "./perl.ts";
import { compile, isRegexError, type RegexOptions } from "./regex.ts";

function match(pattern: string, text: string, syntax: RegexOptions["syntax"] | "perl" = "extended"): string {
  const regex = syntax === "perl" ? compilePerl(pattern, false, false) : compile(pattern, { syntax });
  if (isRegexError(regex)) return `error: ${regex.error}`;
  const found = regex.exec(text);
  if (found === undefined) return "no match";
  const parts: string[] = [];
  for (let i = 0; i < found.length; i += 2) parts.push((found[i] ?? -1) < 0 ? "-" : text.slice(found[i], found[i + 1]));
  return parts.join("|");
}

describe("regular expressions", () => {
  it("takes the longest alternative, as glibc does", () => {
    expect(match("a|ab", "xabc")).toBe("ab");
    expect(match("(a|ab)(c|bcd)(d*)", "abcd")).toBe("abcd|a|bcd|");
    expect(match("a*(ab)?", "ab")).toBe("ab|ab");
    expect(match("((a)|b)*", "ab")).toBe("ab|b|a");
    expect(match("(a*)*", "b")).toBe("|");
  });

  it("knows the basic syntax with the GNU extensions", () => {
    expect(match("\\(a\\+\\)\\{2\\}\\|^x*$", "aaa", "basic")).toBe("aaa|a");
    expect(match("*a", "x*a", "basic")).toBe("*a");
    expect(match("a|b", "a|b", "basic")).toBe("a|b");
    expect(match("\\<port\\>", "readOnlyPort: port", "basic")).toBe("port");
    expect(match("\\(.\\)\\1", "hello", "basic")).toBe("ll|l");
  });

  it("speaks as regerror does", () => {
    expect(match("(", "")).toBe("error: Unmatched ( or \\(");
    expect(match("*a", "")).toBe("error: Invalid preceding regular expression");
    expect(match("[a", "")).toBe("error: Unmatched [, [^, [:, [., or [=");
    expect(match("a{2,1}", "")).toBe("error: Invalid content of \\{\\}");
    expect(match("[[:foo:]]", "")).toBe("error: Invalid character class name");
    expect(match("(a)\\2", "")).toBe("error: Invalid back reference");
  });

  it("stays linear on patterns that explode elsewhere, and gives up in time with back-references", () => {
    expect(match("(a*)*b", "a".repeat(20_000))).toBe("no match");
    expect(match("(x+x+)+y", "x".repeat(20_000))).toBe("no match");
    const regex = compile("(a|aa)+\\1b?$", { syntax: "extended" });
    if (isRegexError(regex)) throw new Error(regex.error);
    regex.test(`${"a".repeat(60)}c`);
    expect(regex.exhausted).toBe(true);
  });

  it("reads Perl patterns within a budget", () => {
    expect(match("(?<=clientCAFile: ).*", "clientCAFile: /a", "perl")).toBe("/a");
    expect(match("^\\w+Port:\\s+\\d+", "healthzPort: 10248", "perl")).toBe("healthzPort: 10248");
    expect(match("a\\Kb++(?!c)", "abbd", "perl")).toBe("bb");
    const regex = compilePerl("^(a+)+$", false, false);
    if (isRegexError(regex)) throw new Error(regex.error);
    expect(regex.test(`${"a".repeat(40)}b`)).toBe(false);
    expect(regex.exhausted).toBe(true);
  });

  it("treats bytes that are not UTF-8 as no characters, and wide characters as one", () => {
    expect(match("^.$", "\udcff")).toBe("no match");
    expect(match("^.$", "🚢")).toBe("🚢");
    expect(match("^[[:alpha:]]$", "é")).toBe("é");
  });
});
