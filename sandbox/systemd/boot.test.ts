import { expect, it } from "vitest";
import { readAll, runAs, tableOf } from "#test/support/machine.ts";
import { journalctl } from "../commands/journalctl/journalctl.ts";
import { systemctl } from "../commands/systemctl/systemctl.ts";
import { Fleet } from "../fleet.ts";
import { BASE_UNITS } from "../images/units.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { createMachine } from "../machine.ts";
import { journald, systemd } from "./index.ts";
import { systemdMore } from "./more.ts";

const BOOT = Date.UTC(2026, 10, 21, 14, 0, 0);

/** Dies with status 1 while its configuration is bad. */
const lab: Program = {
  name: "labd",
  *main(sys) {
    const text = sys.readFile("/etc/labd.conf");
    const good = text instanceof Uint8Array && decode(text).includes("good");
    yield* sys.write(2, good ? "ready\n" : "bad configuration\n");
    if (!good) return 1;
    yield* sys.sleep(1e9);
    return 0;
  },
};

const table = tableOf(systemd, systemdMore, journald, systemctl, journalctl, lab);

function boot(unit: string): Fleet {
  const machine = createMachine({
    name: "node01",
    address: "172.30.2.2",
    seed: "test",
    boot: BOOT,
    hosts: [],
    programs: ["systemd", "systemd-journald", "systemctl", "journalctl", "labd"],
    install(fs) {
      for (const [path, data] of Object.entries(BASE_UNITS.files)) fs.install(path, { data });
      for (const [path, target] of Object.entries(BASE_UNITS.links)) fs.install(path, { target });
      fs.install("/etc/systemd/system/labd.service", { data: unit });
      fs.install("/etc/systemd/system/multi-user.target.wants/labd.service", {
        target: "/etc/systemd/system/labd.service",
      });
    },
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    table,
  );
  fleet.machine("node01").spawn(undefined, { path: "/usr/lib/systemd/systemd", argv: ["/sbin/init"] });
  fleet.advance(1000);
  return fleet;
}

/** What a command prints on both of its channels. */
function typed(fleet: Fleet, line: string): string {
  const argv = line.split(" ");
  return runAs(fleet, function* (sys) {
    const pipe = sys.pipe();
    const pid = sys.spawn({ path: `/usr/bin/${argv[0]}`, argv, fds: { 1: pipe.write, 2: pipe.write } });
    if (isErrno(pid)) return pid.text;
    sys.close(pipe.write);
    const text = yield* readAll(sys, pipe.read);
    yield* sys.waitpid(pid);
    return text;
  });
}

const write = (fleet: Fleet, path: string, text: string) =>
  runAs(fleet, function* (sys) {
    return sys.writeFile(path, text);
  });

const UNIT = `[Unit]
Description=Lab daemon
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/bin/labd
Restart=always
RestartSec=10
`;

it("restarts a crashing service for ever, tells so, and is content once its cause is gone", () => {
  const fleet = boot(UNIT);
  expect(typed(fleet, "systemctl is-active labd")).toBe("activating\n");
  fleet.advance(25_000);
  expect(typed(fleet, "journalctl -u labd -o cat")).toBe(
    `Started labd.service - Lab daemon.
bad configuration
labd.service: Main process exited, code=exited, status=1/FAILURE
labd.service: Failed with result 'exit-code'.
labd.service: Scheduled restart job, restart counter is at 1.
Started labd.service - Lab daemon.
bad configuration
labd.service: Main process exited, code=exited, status=1/FAILURE
labd.service: Failed with result 'exit-code'.
labd.service: Scheduled restart job, restart counter is at 2.
Started labd.service - Lab daemon.
bad configuration
labd.service: Main process exited, code=exited, status=1/FAILURE
labd.service: Failed with result 'exit-code'.
`,
  );
  write(fleet, "/etc/labd.conf", "good\n");
  fleet.advance(10_000);
  expect(typed(fleet, "systemctl is-active labd")).toBe("active\n");
  expect(typed(fleet, "systemctl show -p NRestarts labd")).toBe("NRestarts=3\n");
});

it("gives up at the start limit, and says that a changed unit needs daemon-reload", () => {
  const fleet = boot(UNIT.replace("StartLimitIntervalSec=0\n", "").replace("RestartSec=10\n", ""));
  expect(typed(fleet, "systemctl show -p Result,SubState labd")).toBe("Result=exit-code\nSubState=failed\n");
  expect(typed(fleet, "journalctl -u labd -o cat -n 3")).toContain("Start request repeated too quickly.");
  write(fleet, "/etc/systemd/system/labd.service", UNIT);
  expect(typed(fleet, "systemctl restart labd")).toContain(
    "Warning: The unit file, source configuration file or drop-ins of labd.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
  );
  typed(fleet, "systemctl daemon-reload");
  expect(typed(fleet, "systemctl restart labd")).toBe("");
});

it("keeps its memory over a snapshot", () => {
  const fleet = boot(UNIT);
  const fork = new Fleet(fleet.snapshot(), table);
  fork.advance(11_000);
  expect(typed(fork, "systemctl show -p NRestarts labd")).toBe("NRestarts=1\n");
  expect(typed(fleet, "systemctl show -p NRestarts labd")).toBe("NRestarts=0\n");
});
