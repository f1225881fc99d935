// The hardened ship, laid on both start images and judged by callers: the boarding party gets nothing, the pilot everything, also after a restart.

import { describe, expect, test, vi } from "vitest";
import { bases } from "#lessons/_kit/bases.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, healthProbe } from "#lessons/_kit/callers.ts";
import type { Check, Grading } from "#sandbox/grader/check.ts";
import { Programs } from "#sandbox/programs.ts";
import { Laboratory } from "../../cli/laboratory.ts";
import { approve, layDown } from "./hardened.ts";

// Whole fleets are hardened here, line by line: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 180_000 });

const programs = new Programs();
const hints = { nudge: "", pointer: "", solution: { text: "", commands: [] } };
const restarted = (id: string, probe: Check["probe"], expectation: Check["expect"]): Check => ({
  id,
  step: "keep",
  goal: id,
  probe,
  expect: expectation,
  after: "restart",
  passed: "",
  hints,
});

const pod = "default/web-node01/web";
/** exec is what an intruder wants and a pilot needs: both are asked once more. */
const grading: Grading = {
  captain: "node01",
  checks: [
    restarted("stranger", asStranger("/pods"), { status: { is: 401 } }),
    restarted("stranger-exec", { ...asStranger(`/run/${pod}?cmd=id`), method: "POST" }, { status: { is: 401 } }),
    restarted("pilot", asApiServer("/pods"), { status: { is: 200 } }),
    restarted(
      "true-name",
      {
        kind: "command",
        on: "controlplane",
        run: "curl -s --cacert /etc/kubernetes/pki/ca.crt https://node01:10250/pods",
      },
      { exit: { is: 0 }, stdout: { has: "Unauthorized" } },
    ),
    restarted("health", healthProbe, { status: { is: 200 } }),
    restarted(
      "health-hidden",
      { kind: "http", from: "outsider", url: "http://node01:10248/healthz" },
      { error: { is: "refused" } },
    ),
  ],
  boarding: boardingParty,
  pilot: harbourPilot(pod),
};

async function harden(
  base: "fleet" | "by-hand",
  minor: number,
  kubelet: string,
): Promise<{ laboratory: Laboratory; screen: string }> {
  await programs.loadAll();
  const start = { name: base, scene: bases[base], grading, startOn: "node01" };
  const laboratory = await Laboratory.boot(start, programs, 160);
  const node = await laboratory.terminal("node01");
  for (const line of layDown(minor, kubelet).flatMap((each) => each.split("\n"))) await laboratory.type(node, line);
  await laboratory.wait(15_000);
  const harbour = await laboratory.terminal("controlplane");
  for (const line of approve) await laboratory.type(harbour, line);
  await laboratory.wait(20_000);
  return { laboratory, screen: laboratory.takeScreen(node) + laboratory.takeScreen(harbour) };
}

const images = [
  ["a node that kubeadm joined", "fleet", 36, "/usr/bin/kubelet"],
  ["a node installed by hand, 1.20", "by-hand", 20, "/usr/local/bin/kubelet"],
] as const;

describe.each(images)("on %s", (_, base, minor, kubelet) => {
  test("strangers get nothing, friends everything, now and after a restart", async () => {
    const { laboratory, screen } = await harden(base, minor, kubelet);
    const { boarding, pilot, verdicts } = await laboratory.grade();
    expect(
      boarding.filter(({ served }) => served),
      screen,
    ).toEqual([]);
    expect(boarding).toHaveLength(boardingParty.length);
    expect(
      pilot.filter(({ served }) => !served),
      screen,
    ).toEqual([]);
    expect(
      verdicts.filter(({ verdict }) => verdict !== "pass").map(({ id, seen }) => `${id}: ${seen}`),
      screen,
    ).toEqual([]);
  });
});

test("the surveyor finds nothing on it", async () => {
  const { laboratory } = await harden("fleet", 36, "/usr/bin/kubelet");
  const node = await laboratory.terminal("node01");
  const flags = "--noremediations --nototals --nosummary";
  await laboratory.type(node, `kube-bench run --targets node --benchmark cis-1.12 ${flags} > report`);
  const report = (await laboratory.readFile("node01", "/root/report")) ?? "";
  expect(report).toContain("[PASS] 4.2.1 ");
  const found = report.match(/^\[(FAIL|WARN)\] \d\S*/gm) ?? [];
  // Left: files of kube-proxy, which is not the kubelet's; and 4.2.9, which does not know of certificates that are asked for.
  expect(found.filter((line) => !/ (4\.1\.[34]|4\.2\.9|4\.3\.\d)$/.test(line))).toEqual([]);
});
