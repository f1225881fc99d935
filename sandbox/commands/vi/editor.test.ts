// Keys as vim 9.1 takes them: each text is what the real editor wrote after the same keys.

import { expect, test } from "vitest";
import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";
import { Editor } from "./editor.ts";
import { Screen } from "./screen.ts";
import { defaultSettings } from "./vi.ts";

const BEFORE =
  "kind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n";

/** What a buffer with the text holds once the keys are typed and the terminal hangs up. */
function type(keys: string): string {
  let left = keys;
  const sys = {
    *read() {
      const bytes = encode(left);
      left = "";
      return bytes;
    },
    takeSignal: () => undefined,
  };
  const io = { sys, print() {}, *flush() {} } as unknown as Io;
  const editor = new Editor(io, new Screen(() => {}), defaultSettings("vim", false), 0);
  editor.buffer.load(BEFORE.trimEnd().split("\n"));
  const run: Task<number> = editor.run();
  while (run.next().done !== true);
  return editor.buffer.lines.map((line) => `${line}\n`).join("");
}

test.each([
  ["jdw", "kind: Pod\n:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n"],
  [
    "yyp",
    "kind: Pod\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "/app\rcwtier\x1b",
    "kind: Pod\nmetadata:\n  name: web\n  labels:\n    tier: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "j>>.",
    "kind: Pod\n\t\tmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "jVjj>",
    "kind: Pod\n\tmetadata:\n\t  name: web\n\t  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  ["jvjd", "kind: Pod\n name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n"],
  [
    "2Goa\x1b.",
    "kind: Pod\nmetadata:\na\na\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "qaA!\x1bjq3@a",
    "kind: Pod!\nmetadata:!\n  name: web!\n  labels:!\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    ":%s/web/api/g\r",
    "kind: Pod\nmetadata:\n  name: api\n  labels:\n    app: api\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    ":2,4m$\r",
    "kind: Pod\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\nmetadata:\n  name: web\n  labels:\n",
  ],
  [
    "2G0\x16jld",
    "kind: Pod\ntadata:\nname: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "2GciWx: 1\x1b",
    "kind: Pod\nx: 1\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    '"ayyj"byyG"ap"bp',
    "kind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\nkind: Pod\nmetadata:\n",
  ],
  [
    "/host\rct:hostPID\x1b",
    "kind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostPID: true\n  containers: []\n",
  ],
  [
    "5GguuguG",
    "kind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostnetwork: true\n  containers: []\n",
  ],
  [
    "2G3Aab\x1b",
    "kind: Pod\nmetadata:ababab\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
  [
    "6Gf:lDa yes\x1b",
    "kind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec yes\n  hostNetwork: true\n  containers: []\n",
  ],
  ["ma3jd'a", "    app: web\nspec:\n  hostNetwork: true\n  containers: []\n"],
  [
    ":normal Ax\r",
    "kind: Podx\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  hostNetwork: true\n  containers: []\n",
  ],
])("%j", (keys, after) => {
  expect(type(keys)).toBe(after);
});
