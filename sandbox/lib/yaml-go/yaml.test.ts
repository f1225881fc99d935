import fc from "fast-check";
import { expect, it } from "vitest";
import { formatJson } from "./json.ts";
import { YamlError, yamlToJson } from "./yaml.ts";

const read = (text: string): string => {
  try {
    return formatJson(yamlToJson(text).json);
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
};

it("reads scalars by the rules of YAML 1.1", () => {
  expect(read("a: yes\nb: off\nc: 010\nd: 0x1F\ne: 1e3\nf: ~\ng: '1'\nh: 5m0s")).toBe(
    '{"a":true,"b":false,"c":8,"d":31,"e":1000,"f":null,"g":"1","h":"5m0s"}',
  );
});

it.each([
  ["a:\n\tb: 1\n", "yaml: line 2: found character that cannot start any token"],
  ["a: b: c\n", "yaml: mapping values are not allowed in this context"],
  ["a:\n  b: 1\n c: 2\n", "yaml: line 2: did not find expected key"],
  ["a: [1, 2\n", "yaml: line 1: did not find expected ',' or ']'"],
  ["a: 'x\n", "yaml: line 2: found unexpected end of stream"],
])("words the complaint about %j as go-yaml does", (text, complaint) => {
  expect(read(text)).toBe(complaint);
});

it("takes the last of two equal keys and tells of them", () => {
  const { json, duplicates } = yamlToJson("a: 1\nb: 2\na: 3\n");
  expect(formatJson(json)).toBe('{"a":3,"b":2}');
  expect(duplicates).toBe('yaml: unmarshal errors:\n  line 3: key "a" already set in map');
});

it("ends every text with a value or a complaint", () => {
  const piece = fc.constantFrom(
    "a",
    ":",
    " ",
    "\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "'",
    "#",
    "&x",
    "*x",
    "|",
    "\t",
    "? ",
    "<<: ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(read(pieces.join(""))).toBeTypeOf("string");
    }),
    { numRuns: 500 },
  );
});
