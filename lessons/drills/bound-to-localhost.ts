// A kubelet that listens on its own machine only: nobody attacks it, and nobody reads logs.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, strangerRefused } from "../_kit/drill-checks.ts";
import {
  anonymous,
  CONFIG,
  EXTRA,
  newField,
  notRestarted,
  pickNode,
  placeSetting,
  RESTART,
  restarted,
  stopped,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "bound-to-localhost",
  title: "Nobody can call",
  topic: "ports",
  level: 1,
  minutes: 2,
  use: ["rep", "task"],
  misconceptions: ["closed-instead-of-locked", "forgot-restart", "flag-beats-file"],
  make(random) {
    const host = pickNode(random);
    const own = host === "node01" ? "172.30.2.2" : "172.30.2.3";
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    const setting = newField("address", "--address");
    const placed = placeSetting(random, place, host, setting, "127.0.0.1", "0.0.0.0");
    const mend = place === "file" ? [`sed -i '/^address:/d' ${CONFIG}`] : placed.mend;
    const write = (address: string): readonly string[] =>
      place === "file"
        ? [`sed -i 's/^address: .*/address: ${address}/' ${CONFIG}`]
        : [...mend, setting.inFile(address)];
    const served: DrillCheck = { ...logsReadable(host), setting: { on: host, field: "address", value: "0.0.0.0" } };
    return {
      base: "fleet",
      setup: restarted(host, placed.setup),
      host,
      task: `\`kubectl logs\` for pods on \`${host}\` ends with \`connection refused\`, since somebody “closed port 10250 to strangers” there. Open it to the API server again, now and after the next restart. Callers without credentials must be answered, with 401.`,
      checks: [{ ...served, weight: 2 }, holdsAfterRestart(served), strangerRefused(host), kubeletHealthy(host)],
      because: `${place === "file" ? "`address: 127.0.0.1` in the file" : placed.words.split(" decided")[0]} bound port 10250 to the node itself. The API server calls the node’s address; who may come in is the business of authentication.`,
      solution: [...mend, RESTART],
      right: [
        { name: "the node’s own address", lines: [...write(own), RESTART] },
        placed.change
          ? { name: "the flag says all addresses", lines: [...placed.change, RESTART] }
          : { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=--address=0.0.0.0 > ${EXTRA}`, RESTART] },
      ],
      wrong: [
        notRestarted(mend, "pilot-logs"),
        { name: "the address of the API server", lines: [...write("172.30.1.2"), RESTART], fails: "ship-healthy" },
        { name: "open to everybody", lines: [...mend, anonymous.inFile("true"), RESTART], fails: "stranger-refused" },
        { name: "localhost in the other family", lines: [...write("'::1'"), RESTART], fails: "pilot-logs" },
        stopped,
      ],
    };
  },
};
