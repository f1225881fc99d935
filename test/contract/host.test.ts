// One suite, two hosts: the laboratory in process, and over a MessageChannel, where whatever cannot be cloned fails at once.

import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { judge } from "#sandbox/host/judge.ts";
import { splitState } from "#sandbox/host/prebuilt.ts";
import { LabServer } from "#sandbox/host/serve.ts";
import { bootScene } from "#sandbox/images/index.ts";
import { Programs } from "#sandbox/programs.ts";
import type { Boot, FromMachine, SavedLab, ToMachine } from "#sandbox/protocol.ts";
import type { Scene, Setup } from "#sandbox/scene.ts";

const scene: Scene = {
  seed: "contract",
  machines: [{ name: "outsider", image: "outsider" }],
  terminals: [{ machine: "outsider", user: "root" }],
};
const boot: Boot = { lab: "contract", scene, size: { columns: 80, rows: 24 } };

interface Lab {
  readonly seen: FromMachine[];
  send(message: ToMachine): void;
  close(): void;
}

const clock = {
  now: () => performance.now(),
  soon: (run: () => void) => void setImmediate(run),
  later: (ms: number, run: () => void) => void setTimeout(run, ms).unref(),
};

function serverFor(post: (message: FromMachine) => void): LabServer {
  return new LabServer({ post }, clock, new Programs(), async () => judge);
}

function inProcess(): Lab {
  const seen: FromMachine[] = [];
  const server = serverFor((message) => seen.push(message));
  return { seen, send: (message) => server.receive(message), close: () => {} };
}

function overChannel(): Lab {
  const { port1, port2 } = new MessageChannel();
  const seen: FromMachine[] = [];
  const server = serverFor((message) => port2.postMessage(message));
  port2.on("message", (message: ToMachine) => server.receive(message));
  port1.on("message", (message: FromMachine) => seen.push(message));
  return { seen, send: (message) => port1.postMessage(message), close: () => port1.close() };
}

/** Waits for a message; fails with all that came where it does not come. */
async function until<T extends FromMachine["type"]>(
  lab: Lab,
  type: T,
  match: (message: Extract<FromMachine, { type: T }>) => boolean = () => true,
): Promise<Extract<FromMachine, { type: T }>> {
  for (let i = 0; i < 500; i++) {
    const found = lab.seen.find(
      (each): each is Extract<FromMachine, { type: T }> => each.type === type && match(each as never),
    );
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(
    `no ${type} among ${lab.seen.map((each) => (each.type === "fault" ? each.text : each.type)).join(", ")}`,
  );
}

/** Everything shown so far, without escape sequences and carriage returns. */
const text = (lab: Lab): string =>
  lab.seen
    .flatMap((each) => (each.type === "output" ? [new TextDecoder().decode(each.data)] : []))
    .join("")
    .replace(/\x1b\[[?\d;]*[A-Za-z]|\r/g, "");

async function untilText(lab: Lab, wanted: string): Promise<void> {
  for (let i = 0; i < 500 && !text(lab).includes(wanted); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(text(lab)).toContain(wanted);
}

for (const [name, make] of [
  ["in process", inProcess],
  ["over a channel", overChannel],
] as const) {
  describe(`the laboratory ${name}`, () => {
    let lab: Lab;
    afterEach(() => lab.close());

    it("boots to a prompt, runs what is typed, and notes it on the time line", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      const ready = await until(lab, "ready");
      expect(ready.machines).toEqual([{ name: "outsider", address: "172.30.9.9" }]);
      expect(ready.resumed).toBe(false);
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "echo ahoy > /tmp/note; cat /tmp/note\r" });
      await untilText(lab, "\nahoy\n");
      const timeline = await until(lab, "timeline", (each) => each.entries.length > 1);
      expect(timeline.entries.at(-1)).toMatchObject({
        kind: "command",
        label: "echo ahoy > /tmp/note; cat /tmp/note",
        machine: "outsider",
      });
      expect(timeline.canUndo).toBe(true);
    });

    it("undoes a save, redoes it, and keeps the working directory of the shell", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "cd /etc\r" });
      await until(lab, "timeline", (each) => each.entries.length === 2);
      lab.send({ type: "write-file", id: 1, machine: "outsider", path: "/etc/motd", content: "hands off\n" });
      await until(lab, "written", (each) => each.id === 1);
      const read = async (id: number): Promise<string> => {
        lab.send({ type: "read-file", id, machine: "outsider", path: "/etc/motd" });
        const { content, error } = await until(lab, "file", (each) => each.id === id);
        return error ?? content;
      };
      expect(await read(2)).toBe("hands off\n");
      lab.send({ type: "undo" });
      await until(lab, "moved");
      expect(await read(3)).toBe("No such file or directory");
      lab.send({ type: "redo" });
      expect(await read(4)).toBe("hands off\n");
      lab.send({ type: "input", terminal: "t1", data: "pwd\r" });
      await untilText(lab, "\n/etc\n");
    });

    it("keeps a terminal that was opened since the point one goes back to, with a fresh login", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "open-terminal", id: 1, machine: "outsider", user: "root" });
      const { terminal } = await until(lab, "terminal-opened");
      expect(terminal).toMatchObject({ terminal: "t2", machine: "outsider" });
      lab.send({ type: "input", terminal: "t2", data: "cd /etc; touch /srv/seen\r" });
      await until(lab, "timeline", (each) => each.entries.length === 2);
      lab.send({ type: "undo" });
      expect((await until(lab, "moved")).terminals.map((each) => each.terminal)).toEqual(["t1", "t2"]);
      lab.send({ type: "input", terminal: "t2", data: "pwd; ls /srv/seen\r" });
      await untilText(lab, "ls: cannot access '/srv/seen'");
      expect(text(lab)).toContain("\n/root\n");
    });

    it("takes a saved laboratory up where it was left, and says so when it cannot", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "mkdir /srv/hold && cd /srv/hold && TREASURE=gold\r" });
      await until(lab, "timeline", (each) => each.entries.length === 2);
      lab.send({ type: "save", id: 9 });
      const saved: SavedLab = structuredClone((await until(lab, "saved", (each) => each.id === 9)).lab);
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, saved } });
      expect((await until(lab, "ready")).resumed).toBe(true);
      lab.send({ type: "input", terminal: "t1", data: "echo $PWD $TREASURE\r" });
      await untilText(lab, "/srv/hold gold\n");
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, saved: { format: 99 } } });
      expect((await until(lab, "fault")).kind).toBe("saved");
      expect((await until(lab, "ready")).resumed).toBe(false);
    });

    it("goes back to points from before it was taken up", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "echo one > /srv/log\r" });
      await until(lab, "timeline", (each) => each.entries.length === 2);
      lab.send({ type: "input", terminal: "t1", data: "echo two >> /srv/log\r" });
      await until(lab, "timeline", (each) => each.entries.length === 3);
      lab.send({ type: "save", id: 9 });
      const saved: SavedLab = structuredClone((await until(lab, "saved", (each) => each.id === 9)).lab);
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, saved } });
      expect((await until(lab, "timeline")).entries.length).toBe(3);
      lab.send({ type: "undo" });
      await until(lab, "moved", (each) => each.entry === 1);
      lab.send({ type: "read-file", id: 3, machine: "outsider", path: "/srv/log" });
      expect((await until(lab, "file", (each) => each.id === 3)).content).toBe("one\n");
    });

    it("hands a machine on by what changed in it, and refuses one of another build", async () => {
      const fleet = await bootScene(scene, new Programs());
      const base = splitState(fleet.snapshot());
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, prebuilt: base.first } });
      lab.send({ type: "rest", text: base.rest });
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "echo gold > /srv/hold\r" });
      await until(lab, "timeline", (each) => each.entries.length === 2);
      lab.send({ type: "share", id: 4, base });
      const { fleet: shared } = await until(lab, "shared", (each) => each.id === 4);
      if (shared === undefined) throw new Error("nothing was shared");
      expect(shared.change.length).toBeLessThan(base.first.length / 4);
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, shared: { ...base, fleet: shared } } });
      await until(lab, "ready");
      lab.send({ type: "input", terminal: "t1", data: "cat /srv/hold\r" });
      await untilText(lab, "\ngold\n");
      lab.close();
      for (const bad of [
        { ...shared, base: "0" },
        { ...shared, change: "{" },
        { ...shared, change: '["o",[["machines",["v",7]]],[],null]' },
      ]) {
        lab = make();
        lab.send({ type: "boot", boot: { ...boot, shared: { ...base, fleet: bad } } });
        expect((await until(lab, "fault")).kind).toBe("shared");
        await until(lab, "ready");
        lab.close();
      }
    });

    it("hands on the way a machine took, and plays it again with what each command printed", async () => {
      const base = splitState((await bootScene(scene, new Programs())).snapshot());
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, prebuilt: base.first } });
      lab.send({ type: "rest", text: base.rest });
      await untilText(lab, "root@outsider");
      const lines = ["cd /srv; echo one > log", "cat log; echo two >> log", "cat log"];
      for (const [at, line] of lines.entries()) {
        lab.send({ type: "input", terminal: "t1", data: `${line}\r` });
        await until(lab, "timeline", (each) => each.entries.length === at + 2);
      }
      lab.send({ type: "share-way", id: 4, base, most: 60 });
      const { start, way } = structuredClone(await until(lab, "shared-way", (each) => each.id === 4));
      expect(way.timeline.points.length).toBe(3);
      lab.send({ type: "share-way", id: 5, base, most: 2 });
      const shorter = await until(lab, "shared-way", (each) => each.id === 5);
      expect(shorter.way.timeline.points.map(({ entry, from }) => [entry, from])).toEqual([
        [2, 0],
        [3, 2],
      ]);
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, shared: { ...base, fleet: start, way } } });
      const timeline = await until(lab, "timeline");
      expect([timeline.entries.length, timeline.current]).toEqual([4, 3]);
      const at = async (entry: number): Promise<string> => {
        lab.seen.length = 0;
        lab.send({ type: "replay", entry });
        expect((await until(lab, "moved")).front).toBe(entry === 0 ? undefined : "t1");
        lab.send({ type: "read-file", id: 10 + entry, machine: "outsider", path: "/srv/log" });
        const { content, error } = await until(lab, "file", (each) => each.id === 10 + entry);
        return error ?? content;
      };
      expect(await at(0)).toBe("No such file or directory");
      // The command is run once more for what it prints, and counts once in what it did.
      expect(await at(2)).toBe("one\ntwo\n");
      expect(text(lab)).toMatch(/^root@outsider:\S+ cat log; echo two >> log\none\nroot@outsider:\/srv\S* $/);
      expect(await at(1)).toBe("one\n");
      // It goes on from there like any machine.
      lab.send({ type: "input", terminal: "t1", data: "pwd\r" });
      await untilText(lab, "\n/srv\n");
      lab.close();
      const [first] = way.timeline.entries;
      for (const bad of [
        { ...way, fleet: "{" },
        { ...way, timeline: { ...way.timeline, entries: [{ ...first, at: 1e300 }] } },
        { ...way, timeline: { ...way.timeline, points: way.timeline.points.slice(1) } },
      ]) {
        lab = make();
        lab.send({ type: "boot", boot: { ...boot, shared: { ...base, fleet: start, way: bad as typeof way } } });
        expect((await until(lab, "fault")).kind).toBe("shared");
        await until(lab, "ready");
        lab.close();
      }
    });

    it("carries out a setup before anybody sits down, as a part of the start", async () => {
      const base = splitState((await bootScene(scene, new Programs())).snapshot());
      const setup: Setup = [
        { on: "outsider", run: "date +%s > /srv/first && echo $HOME >> /srv/first" },
        { on: "outsider", path: "/srv/paper/note", content: "hands off\n", mode: 0o640, owner: "pirate" },
        { wait: 90 },
        { on: "outsider", run: "date +%s > /srv/last" },
      ];
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, setup, prebuilt: base.first } });
      lab.send({ type: "input", terminal: "t1", data: "echo $(($(cat /srv/last) - $(head -1 /srv/first)))s\r" });
      lab.send({ type: "rest", text: base.rest });
      await untilText(lab, "\n90s\n");
      lab.send({ type: "input", terminal: "t1", data: "history | wc -l; stat -c '%a %U' /srv/paper/note\r" });
      await untilText(lab, "\n2\n640 pirate\n");
      lab.send({ type: "input", terminal: "t1", data: "rm -r /srv/paper\r" });
      await until(lab, "timeline", (each) => each.entries.at(-1)?.label === "rm -r /srv/paper");
      lab.send({ type: "save", id: 9 });
      const saved: SavedLab = structuredClone((await until(lab, "saved", (each) => each.id === 9)).lab);
      lab.close();
      // Taken up again it is not carried out again; the start has it all the same.
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, setup, saved } });
      expect((await until(lab, "ready")).resumed).toBe(true);
      const read = async (id: number): Promise<string> => {
        lab.send({ type: "read-file", id, machine: "outsider", path: "/srv/paper/note" });
        const { content, error } = await until(lab, "file", (each) => each.id === id);
        return error ?? content;
      };
      expect(await read(1)).toBe("No such file or directory");
      lab.send({ type: "reset" });
      await until(lab, "moved", (each) => each.entry === 0);
      expect(await read(2)).toBe("hands off\n");
    });

    it("goes back to the start by a point of its own, so that undo takes it back", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "write-file", id: 1, machine: "outsider", path: "/srv/one", content: "1\n" });
      lab.send({ type: "write-file", id: 2, machine: "outsider", path: "/srv/two", content: "2\n" });
      await until(lab, "timeline", (each) => each.entries.length === 3);
      const list = async (id: number): Promise<string> => {
        lab.send({ type: "list-dir", id, machine: "outsider", path: "/srv" });
        return (await until(lab, "dir", (each) => each.id === id)).items.map(({ name }) => name).join(" ");
      };
      lab.send({ type: "reset" });
      expect(await list(3)).toBe("");
      lab.send({ type: "undo" });
      expect(await list(4)).toBe("one two");
      lab.send({ type: "redo" });
      expect(await list(5)).toBe("");
      lab.send({ type: "undo" });
      lab.send({ type: "reset", to: 1 });
      expect(await list(6)).toBe("one");
      const { entries } = await until(lab, "timeline", (each) => each.entries.length === 5);
      expect(entries.slice(3)).toMatchObject([
        { kind: "reset", to: 0, parent: 2 },
        { kind: "reset", to: 1, parent: 2 },
      ]);
      // Kept and taken up again, each is still a point of its own.
      lab.send({ type: "go-to", entry: 3 });
      lab.send({ type: "reset", to: 1 });
      lab.send({ type: "reset" });
      lab.send({ type: "save", id: 7 });
      const saved = structuredClone((await until(lab, "saved", (each) => each.id === 7)).lab);
      expect(saved.timeline.points.map(({ entry }) => entry)).toEqual([1, 2, 3, 4, 5, 6]);
      lab.close();
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, saved } });
      expect(await list(8)).toBe("");
      lab.send({ type: "undo" });
      expect(await list(9)).toBe("one");
    });

    it("compares two points in files: content, mode, what is new and what is gone", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "write-file", id: 1, machine: "outsider", path: "/srv/one", content: "1\n" });
      lab.send({ type: "input", terminal: "t1", data: "chmod 600 /srv/one; rm /etc/hostname; ln -s one /srv/two\r" });
      await until(lab, "timeline", (each) => each.entries.length === 3);
      const compare = async (id: number, from: number, to?: number) => {
        lab.send({ type: "compare", id, from, ...(to === undefined ? {} : { to }) });
        return (await until(lab, "compared", (each) => each.id === id)).comparison;
      };
      expect((await compare(2, 0))?.files).toMatchObject([
        { path: "/etc/hostname", before: { type: "file" } },
        { path: "/srv/one", after: { mode: "600", owner: "root:root", text: "1\n" } },
        { path: "/srv/two", after: { type: "symlink", text: "one" } },
      ]);
      expect((await compare(3, 2, 1))?.files[1]).toMatchObject({ before: { mode: "600" }, after: { mode: "644" } });
      expect(await compare(4, 1, 1)).toMatchObject({ files: [], own: 0, settings: [], captains: [] });
      expect(await compare(5, 0, 99)).toBeUndefined();
    });

    it("tells a setup that fails, with what it said", async () => {
      lab = make();
      lab.send({ type: "boot", boot: { ...boot, setup: [{ on: "outsider", run: "cat /nowhere" }] } });
      expect((await until(lab, "fault")).text).toContain("cat: /nowhere: No such file or directory");
    });

    it("wraps a line at the edge of the window as it is now, also at a prompt that was there before", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "resize", terminal: "t1", columns: 200, rows: 24 });
      const line = `echo ${"ahoy".repeat(30)}`;
      lab.send({ type: "input", terminal: "t1", data: line });
      await untilText(lab, line);
    });

    it("stops a tight loop by ^C while the loop runs", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await untilText(lab, "root@outsider");
      lab.send({ type: "input", terminal: "t1", data: "while true; do :; done\r" });
      await new Promise((resolve) => setTimeout(resolve, 60));
      lab.send({ type: "input", terminal: "t1", data: "\x03" });
      lab.send({ type: "input", terminal: "t1", data: "echo status $?\r" });
      await untilText(lab, "\nstatus 130\n");
    });

    it("survives bad requests with an answer", async () => {
      lab = make();
      lab.send({ type: "boot", boot });
      await until(lab, "ready");
      lab.send({ type: "list-dir", id: 1, machine: "outsider", path: "/nowhere" });
      expect((await until(lab, "dir")).error).toBe("No such file or directory");
      lab.send({ type: "write-file", id: 2, machine: "outsider", path: "/etc", content: "" });
      expect((await until(lab, "written")).error).toBe("Is a directory");
      lab.send({ type: "open-terminal", id: 3, machine: "outsider", user: "nobody-here" });
      expect((await until(lab, "terminal-opened")).error).toContain("nobody-here");
      lab.send({ type: "input", terminal: "t99", data: "x" });
      lab.send({ type: "go-to", entry: 77 });
      expect(lab.seen.filter((each) => each.type === "fault")).toEqual([]);
    });
  });
}
