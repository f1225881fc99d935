// A key that the kubelet does not know is ignored, with one line in its journal.

import type { DrillTemplate } from "../_kit/drill.ts";
import { ignoredKeyDrill, numberFields, pickNumber } from "../_kit/drill-keys.ts";
import { CONFIG, pickNode, RESTART } from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "wrong-key",
  title: "A key that nobody reads",
  topic: "settings",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["wrong-key", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const [field, flag, misspelt] = random.pick(numberFields);
    const [bad = "", other = ""] = random.shuffle<string>(misspelt);
    const value = pickNumber(random);
    const write = (key: string): string => `sed -i 's/^${bad}:/${key}:/' ${CONFIG}`;
    return ignoredKeyDrill({
      host,
      field,
      flag,
      value,
      setup: [{ on: host, run: `sed -i '/^kind:/i ${bad}: ${value}' ${CONFIG}` }],
      mend: [write(field)],
      because: `The key was \`${bad}\`; the field is \`${field}\`. An unknown key does not stop the kubelet, it is ignored, and the journal says so at the start.`,
      wrong: [
        {
          name: "misspelt another way",
          lines: [write(other), RESTART],
          fails: "value-live",
          misconception: "wrong-key",
        },
      ],
    });
  },
};
