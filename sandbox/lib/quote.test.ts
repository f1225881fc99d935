import { expect, test } from "vitest";
import { quote, quoteAlways, quoteFile, quoteIfNeeded } from "./quote.ts";

test("words of messages stand in typographic quotes", () => {
  expect(quote("999")).toBe("‘999’");
});

test("file names are quoted for the shell, in double quotes where only a quote is in the way", () => {
  expect(quoteAlways("a b")).toBe("'a b'");
  expect(quoteAlways("it's")).toBe(`"it's"`);
  expect(quoteAlways("it's $x")).toBe(`'it'\\''s $x'`);
});

test("what cannot be printed becomes $'…'", () => {
  expect(quoteAlways("a\nb")).toBe("'a'$'\\n''b'");
  expect(quoteAlways("\tb")).toBe("''$'\\t''b'");
  expect(quoteAlways("\udcff")).toBe("''$'\\377'");
});

test("harmless names stay bare; before a colon a colon is not harmless", () => {
  expect(quoteIfNeeded("a:b")).toBe("a:b");
  expect(quoteFile("a:b")).toBe("'a:b'");
  expect(quoteIfNeeded("#x")).toBe("'#x'");
  expect(quoteIfNeeded("x#")).toBe("x#");
});
