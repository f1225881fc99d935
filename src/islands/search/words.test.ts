import { expect, test } from "vitest";
import { cutAround, markWords, splitWords } from "./words.ts";

test.each([
  ["--anonymous-auth=false", ["anonymous-auth", "anonymous", "auth", "false"]],
  ["authentication.anonymous.enabled", ["authentication.anonymous.enabled", "authentication", "anonymous", "enabled"]],
  ["readOnlyPort: 0", ["readonlyport", "read", "only", "port", "0"]],
  [
    "GET /containerLogs/x.",
    expect.arrayContaining(["get", "containerlogs/x", "container", "logs", "containerlogs", "x"]),
  ],
  ["It’s 4.2.1", expect.arrayContaining(["4.2.1"])],
])("%s", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test("an excerpt holds what was found", () => {
  const text = `${"far away ".repeat(40)}the read-only port is open to all.`;
  expect(cutAround(text, ["read-only"])).toMatch(/^… .*read-only port/);
  expect(cutAround("short", ["x"])).toBe("short");
});

test("words that were found stand at odd places", () => {
  expect(markWords("The Port of port (x)", ["port", "(x)"])).toEqual(["The ", "Port", " of ", "port", " ", "(x)", ""]);
});
