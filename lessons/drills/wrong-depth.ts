// A key at the wrong depth is another key: indentation says what belongs to what.

import type { DrillTemplate } from "../_kit/drill.ts";
import { ignoredKeyDrill, numberFields, pickNumber } from "../_kit/drill-keys.ts";
import { CONFIG, pickNode, RESTART } from "../_kit/drill-ways.ts";

/** Last lines of blocks, after which an indented key belongs to the block: the line, indentation, and the block. */
const blocks = [
  ["  verbosity: 0", 2, "logging"],
  ["    cacheUnauthorizedTTL: 0s", 2, "authorization"],
  ["    cacheUnauthorizedTTL: 0s", 4, "authorization.webhook"],
  ["    clientCAFile: .*", 2, "authentication"],
  ["    clientCAFile: .*", 4, "authentication.x509"],
] as const;

export const template: DrillTemplate = {
  id: "wrong-depth",
  title: "A key in the wrong place",
  topic: "settings",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["wrong-indentation", "config-stops-kubelet", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const [field, flag] = random.pick(numberFields);
    const [last, depth, block] = random.pick(blocks);
    const value = pickNumber(random);
    const indent = " ".repeat(depth);
    return ignoredKeyDrill({
      host,
      field,
      flag,
      value,
      setup: [{ on: host, run: `sed -i 's|^${last}$|&\\n${indent}${field}: ${value}|' ${CONFIG}` }],
      mend: [`sed -i 's/^ *${field}/${field}/' ${CONFIG}`],
      because: `Its indentation made the key a part of \`${block}\`, where the kubelet knows no such field and ignores it. \`${field}\` stands at the left edge.`,
      wrong: [
        {
          name: "a tab",
          lines: [`sed -i 's/^ *${field}/\\t${field}/' ${CONFIG}`, RESTART],
          fails: "ship-healthy",
          misconception: "config-stops-kubelet",
        },
        {
          name: "still indented",
          lines: [`sed -i 's/^ *${field}/${depth === 2 ? "    " : "  "}${field}/' ${CONFIG}`, RESTART],
          fails: "value-live",
        },
      ],
    });
  },
};
