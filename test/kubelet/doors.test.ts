// Whatever flags and settings a kubelet is given: it never throws, opens no port that its effective configuration does not explain,
// and a fork of its machine gives the same answers.

import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { bootScene, Fleet, Programs, type Scene } from "#sandbox";
import { copyState, type FleetState } from "#sandbox/fleet.ts";
import { runningKubelet } from "#sandbox/grader/captain.ts";
import { askProbe } from "#sandbox/grader/probes/ask.ts";
import { restartKubelet } from "#sandbox/grader/restart.ts";
import { isErrno } from "#sandbox/kernel/errno.ts";
import { decode } from "#sandbox/kernel/text.ts";

const scene: Scene = {
  seed: "doors",
  machines: [
    { name: "node01", image: "worker" },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [],
};

const programs = new Programs();
let booted: FleetState;
beforeAll(async () => {
  await programs.loadAll();
  booted = (await bootScene(scene, programs)).snapshot();
});

const port = fc.oneof(fc.constantFrom(0, 10248, 10250, 10255, 8080), fc.integer({ min: -1, max: 70_000 }));
const flag = fc.oneof(
  fc.constantFrom(
    "--anonymous-auth=true",
    "--anonymous-auth",
    "--anonymous-auth false",
    "--read-only-port:0",
    "--v=4",
    "--no-such-flag",
    "--",
  ),
  fc.constantFrom("AlwaysAllow", "Webhook", "webhook", "").map((mode) => `--authorization-mode=${mode}`),
  port.map((number) => `--read-only-port=${number}`),
  port.map((number) => `--port=${number}`),
  port.map((number) => `--healthz-port=${number}`),
  fc.constantFrom("127.0.0.1", "0.0.0.0", "::", "172.30.2.2", "nowhere").map((address) => `--address=${address}`),
);
/** Lines added to config.yaml: settings, typing mistakes, and plain noise. */
const line = fc.oneof(
  port.map((number) => `readOnlyPort: ${number}`),
  port.map((number) => `port: ${number}`),
  port.map((number) => `healthzPort: ${number}`),
  fc.constantFrom(
    "enableServer: false",
    "readonlyPort: 10255",
    'readOnlyPort: "0"',
    "authorization:",
    "  mode: AlwaysAllow",
    "\tx: 1",
    "address: 127.0.0.1",
  ),
  fc.string({ maxLength: 12 }),
);

/** Ports that the settings explain: the read-only port does not depend on `enableServer` (cmd/kubelet/app/server.go, startKubelet). */
function explained({ healthzPort, enableServer, port, readOnlyPort }: Readonly<Record<string, unknown>>): unknown[] {
  return [healthzPort, readOnlyPort, ...(enableServer === false ? [] : [port || 10250])];
}

const paths = ["/pods", "/configz", "/healthz", "/metrics/resource", "/nowhere"];

/** What a stranger gets, path by path. */
function answers(fleet: Fleet): string {
  const urls = paths.flatMap((path) => [`https://node01:10250${path}`, `http://node01:10255${path}`]);
  return JSON.stringify(
    urls.map((url) => askProbe(fleet, { kind: "http", from: "outsider", url, as: { kind: "none" } })),
  );
}

/** A node with these additions to its settings, its kubelet started anew. */
function restarted(flags: readonly string[], lines: readonly string[]): Fleet {
  const fleet = new Fleet(copyState(booted), programs);
  const config = fleet.readFile("node01", "/var/lib/kubelet/config.yaml");
  if (isErrno(config)) throw new Error(config.text);
  fleet.writeFile("node01", "/var/lib/kubelet/config.yaml", `${decode(config)}${lines.join("\n")}\n`);
  fleet.writeFile("node01", "/etc/default/kubelet", `KUBELET_EXTRA_ARGS="${flags.join(" ")}"\n`);
  restartKubelet(fleet, "node01");
  return fleet;
}

it("opens only doors that its settings explain, and answers alike on a fork", () => {
  fc.assert(
    fc.property(fc.array(flag, { maxLength: 2 }), fc.array(line, { maxLength: 3 }), (flags, lines) => {
      const fleet = restarted(flags, lines);
      const node = fleet.machine("node01");
      const kubelet = [...node.state.processes.values()].find(
        (each) => each.program === "kubelet" && each.state === "running",
      );
      const open = node
        .sys(1)
        .sockets()
        .filter((each) => each.state === "LISTEN" && each.owners.some((owner) => owner.comm === "kubelet"));
      const values = runningKubelet(node)?.effective.values;
      if (open.length > 0) {
        expect(kubelet).toBeDefined();
        const allowed = explained(values ?? {});
        for (const each of open) expect(allowed).toContain(each.localPort);
      }
      expect(answers(fleet.fork())).toBe(answers(fleet.fork()));
    }),
    { numRuns: 60 },
  );
});

it("answers alike when it is saved and taken up, and when the same is done again", () => {
  fc.assert(
    fc.property(fc.array(flag, { maxLength: 2 }), fc.array(line, { maxLength: 2 }), (flags, lines) => {
      const fleet = restarted(flags, lines);
      const saved = new Fleet(copyState(fleet.snapshot()), programs, { terminals: true });
      const here = answers(fleet.fork());
      expect(answers(saved)).toBe(here);
      expect(answers(restarted(flags, lines).fork())).toBe(here);
    }),
    { numRuns: 15 },
  );
});
