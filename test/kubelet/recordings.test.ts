// A sample of the recordings of real kubelets: `npm run -s oracle -- kubelet` replays all of them.

import { expect, it } from "vitest";
import { runKubeletSuite } from "#src/cli/oracle/kubelet.ts";

const SAMPLE = process.env.KC_LONG === "1" ? /./ : /^[AK]-/;

it("starts, refuses and answers as the recorded kubelets did", { timeout: 300_000 }, async () => {
  const { agree, total } = await runKubeletSuite([], undefined, (id) => SAMPLE.test(id));
  expect(total).toBeGreaterThan(300);
  expect(agree / total).toBeGreaterThan(0.98);
});
