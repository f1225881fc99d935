// Modes of unit files are spoken of, whatever the file says.

import { expect, test } from "vitest";
import type { FileView } from "./file-view.ts";
import { loadUnit } from "./load-unit.ts";

const PATH = "/etc/systemd/system/x.service";
const TEXT = "[Service]\nExecStart=/bin/true\n";
const FACTS = { hostname: "n", machineId: "m", bootId: "b", kernel: "6", architecture: "x86-64" };

function view(mode: number): FileView {
  const folder = PATH.slice(0, PATH.lastIndexOf("/"));
  return {
    read: (path) => (path === PATH ? TEXT : undefined),
    list: (path) => (path === folder ? ["x.service"] : undefined),
    stat: (path) => (path === PATH ? { type: "file", size: TEXT.length, mtime: 1, mode } : undefined),
    link: () => undefined,
    resolve: (path) => path,
  };
}

test.each([
  [0o644, []],
  [0o666, ["marked world-writable. Please remove world writability permission bits."]],
  [0o755, ["marked executable. Please remove executable permission bits."]],
  [
    0o600,
    [
      "marked world-inaccessible. This has no effect as configuration data is accessible via APIs without restrictions.",
    ],
  ],
])("mode %i", (mode, said) => {
  const { definition, warnings } = loadUnit(view(mode), "x.service", FACTS);
  expect(definition.load).toBe("loaded");
  expect(warnings).toEqual(said.map((text) => `Configuration file ${PATH} is ${text} Proceeding anyway.`));
});
