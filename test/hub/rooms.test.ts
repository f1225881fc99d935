// What the hub promises, on both databases: rooms, events applied once, the board, acting and undoing, streams, the report, erasing.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BoardFeed, OwnFeed } from "../../src/hub/api/views.ts";
import { batch, call, newId, readStream } from "./support/client.ts";
import { good, openTestRoom, removeFolders, startHub, type TestHub, type TestRoom, waitFor } from "./support/hub.ts";
import { explainAbsence, type Postgres, startPostgres } from "./support/postgres.ts";

const absence = explainAbsence();
if (absence !== undefined) console.warn(`Skipped on PostgreSQL: ${absence}.`);

/** A code as a page makes one. */
const code = "kc1-machine-abc_-DEF-0123abcd";

describe.each([
  { store: "SQLite", skipped: false },
  { store: "PostgreSQL", skipped: absence !== undefined },
])("on $store", ({ store, skipped }) => {
  if (skipped) {
    test.skip(`no PostgreSQL: ${absence}`);
    return;
  }
  let postgres: Postgres | undefined;
  let hub: TestHub;
  let steady = 0;

  beforeAll(async () => {
    if (store === "PostgreSQL") postgres = startPostgres();
    const url = postgres?.createDatabase();
    hub = await startHub({ ...(url === undefined ? {} : { databaseUrl: url }), steady: () => steady });
  }, 60_000);
  afterAll(async () => {
    await hub?.stop();
    postgres?.stop();
    removeFolders();
  });

  const openRoom = (wish?: Record<string, unknown>): Promise<TestRoom> => openTestRoom(hub.base, wish);

  describe("joining", () => {
    test("a name that is taken gets a number, whatever its case", async () => {
      const room = await openRoom();
      const names = [await room.join("Mia"), await room.join("mia"), await room.join(" Mia  ")].map(({ name }) => name);
      expect(names).toEqual(["Mia", "mia (2)", "Mia (3)"]);
    });

    test("a code may be typed in small letters, without its dash, with O for 0", async () => {
      const room = await openRoom();
      const typed = room.code.toLowerCase().replace("-", " ").replaceAll("0", "o").replaceAll("1", "l");
      const joined = await call(hub.base, "join", { body: { code: typed, name: "Mia", keyIn: "body" } });
      expect(good(joined).room.id).toBe(room.id);
    });

    test("characters that turn or hide text are taken out of names; nothing visible is no name", async () => {
      const room = await openRoom();
      expect((await room.join("Mia\u202Egro\u200B")).name).toBe("Miagro");
      const nobody = await call(hub.base, "join", { body: { code: room.code, name: "\u200B \u2060", keyIn: "body" } });
      expect(nobody.problem?.error).toBe("invalid");
    });

    test("a locked room takes nobody until it is opened again", async () => {
      const room = await openRoom();
      const lock = await room.act({ type: "lock", on: true });
      const refused = await call(hub.base, "join", { body: { code: room.code, name: "Mia", keyIn: "body" } });
      expect(refused.problem?.error).toBe("room-locked");
      await room.undo(lock);
      expect((await room.join("Mia")).name).toBe("Mia");
    });

    test("with a cookie the key is in no body, and the cookie is for this room's addresses alone", async () => {
      const room = await openRoom();
      const joined = await call(hub.base, "join", { body: { code: room.code, name: "Mia", keyIn: "cookie" } });
      expect(good(joined).key).toBeUndefined();
      const cookie = joined.headers.get("set-cookie") ?? "";
      expect(cookie).toMatch(/^kc-learner=kcl_/);
      expect(cookie).toContain(`Path=/api/v1/rooms/${room.id};`);
      expect(cookie).toContain("HttpOnly; SameSite=Strict");
      const headers = { cookie: cookie.split(";")[0] ?? "" };
      expect(good(await call(hub.base, "mine", { params: { room: room.id }, headers })).me?.name).toBe("Mia");
    });
  });

  describe("events", () => {
    test("each id is applied once, however often and in whatever batches it is sent", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const first = batch({ type: "hand", sentence: "Where is the log?" }, { type: "hand-down", helped: true });
      const send = (body: unknown) => call(hub.base, "events", { params: { room: room.id }, key: mia.key, body });
      const both = await Promise.all([send(first), send(first), send(first)]);
      expect(both.map((answer) => good(answer).applied.length).sort()).toEqual([0, 0, 2]);
      const more = { ...first, events: [...first.events, ...batch({ type: "hand", sentence: "Again" }).events] };
      const third = good(await send(more));
      expect([third.applied.length, third.known.length]).toEqual([1, 2]);
      expect(await room.row(mia)).toMatchObject({ helped: 1, hand: { sentence: "Again" } });
    });

    test("the same id twice in one batch counts once; one bad event does not hold up the others", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const { sentAt, events } = batch({ type: "hand", sentence: "one" });
      const bad = { id: newId(), at: sentAt, type: "hand", sentence: "x".repeat(500) };
      const body = { sentAt, events: [...events, ...events, bad, { id: newId(), type: "nonsense" }] };
      const taken = good(await call(hub.base, "events", { params: { room: room.id }, key: mia.key, body }));
      expect([taken.applied.length, taken.known.length, taken.refused.map(({ why }) => why)]).toEqual([
        1,
        1,
        ["invalid", "invalid"],
      ]);
    });

    test("a learner is stuck since the last check passed or step begun; a done lesson stays done", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      await mia.tell({ type: "place", lesson: "papers", step: 1, steps: 3 });
      const begun = (await room.row(mia)).movedAt;
      hub.turnClock(60_000);
      await mia.tell({
        type: "checks",
        lesson: "papers",
        verdicts: { saved: "not-yet", running: "unknown" },
        misconceptions: ["no-restart"],
      });
      expect((await room.row(mia)).movedAt).toBe(begun);
      const passes = { saved: "pass", running: "pass" } as const;
      await mia.tell({ type: "checks", lesson: "papers", verdicts: passes, misconceptions: [] });
      const done = await room.row(mia);
      expect(done.movedAt).toBeGreaterThanOrEqual(begun + 60_000);
      const { doneAt } = done.lessons.papers ?? {};
      expect(doneAt).toBe(done.movedAt);
      await mia.tell({
        type: "checks",
        lesson: "papers",
        verdicts: { ...passes, saved: "not-yet" },
        misconceptions: [],
      });
      expect((await room.row(mia)).lessons.papers).toMatchObject({ doneAt, verdicts: { saved: "not-yet" } });
    });

    test("times are corrected by what the page's clock is off; never before the room, never after now", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      hub.turnClock(600_000);
      const wrong = 86_400_000 * 400;
      const sentAt = Date.now() + wrong;
      const event = { id: newId(), at: sentAt - 120_000, type: "hand", sentence: "Help" };
      await call(hub.base, "events", { params: { room: room.id }, key: mia.key, body: { sentAt, events: [event] } });
      const { now, learners } = await room.board();
      const waited = now - (learners[0]?.hand?.at ?? 0);
      expect(waited).toBeGreaterThanOrEqual(120_000);
      expect(waited).toBeLessThan(125_000);
    });

    test("names of lessons and checks that objects have anyhow are names like any other", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const verdicts = { constructor: "pass", toString: "not-yet" } as const;
      await mia.tell({ type: "checks", lesson: "constructor", verdicts, misconceptions: [] });
      await mia.tell({ type: "hint-used", lesson: "valueOf", check: "hasOwnProperty", stage: 2 });
      const { lessons } = await room.row(mia);
      expect(Object.keys(lessons)).toEqual(["constructor", "valueOf"]);
      expect(lessons.constructor).toMatchObject({ verdicts });
    });

    test("what happened before the end still counts afterwards; what happened later does not", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      hub.turnClock(10_000);
      good(await call(hub.base, "end", { params: { room: room.id }, key: room.key, body: {} }));
      hub.turnClock(60_000);
      const sentAt = Date.now();
      const late = { id: newId(), at: sentAt - 65_000, type: "place", lesson: "late", step: 2, steps: 3 };
      const after = { id: newId(), at: sentAt - 5_000, type: "place", lesson: "after", step: 1, steps: 3 };
      const body = { sentAt, events: [late, after] };
      const taken = good(await call(hub.base, "events", { params: { room: room.id }, key: mia.key, body }));
      expect(taken).toMatchObject({ applied: [late.id], refused: [{ id: after.id, why: "room-ended" }] });
    });
  });

  describe("the board", () => {
    test("tells after a seq what changed since, and all after a seq from another life", async () => {
      const room = await openRoom();
      const [mia, ben] = [await room.join("Mia"), await room.join("Ben")];
      const before = await room.board();
      expect(before.learners.map(({ name }) => name)).toEqual(["Mia", "Ben"]);
      await ben.tell({ type: "hand", sentence: "Stuck" });
      const news = await room.board(before.seq);
      expect(news.learners.map(({ name, hand }) => [name, hand?.sentence])).toEqual([["Ben", "Stuck"]]);
      expect(news.room).toBeUndefined();
      expect((await room.board(news.seq)).learners).toEqual([]);
      expect((await room.board(news.seq + 1_000)).learners).toHaveLength(2);
      expect(mia.id).not.toBe(ben.id);
    });

    test("a stream tells an event at once, and goes on after the id it is given", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const { seq } = await room.board();
      const heard = waitFor<BoardFeed>(hub.base, "boardStream", { room: room.id, key: room.key, after: seq }, (feed) =>
        feed.learners.some(({ hand }) => hand?.sentence === "Now"),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      await mia.tell({ type: "hand", sentence: "Now" });
      expect((await heard).learners).toHaveLength(1);
    });

    test("a poll that waits is answered when something happens", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const { seq } = await room.board();
      const started = performance.now();
      const query = { after: seq, wait: 10 };
      const waiting = call(hub.base, "board", { params: { room: room.id }, key: room.key, query });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await mia.tell({ type: "hand", sentence: "Now" });
      expect(good(await waiting).learners).toHaveLength(1);
      expect(performance.now() - started).toBeLessThan(5_000);
    });

    test("who streams is here; who stays silent is gone, and comes back", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      hub.turnClock(120_000);
      await hub.server.upkeep.tidyPresence();
      expect((await room.row(mia)).presence).toBe("gone");
      await mia.mine();
      await hub.server.upkeep.tidyPresence();
      expect((await room.row(mia)).presence).toBe("here");
      await mia.tell({ type: "presence", state: "away" });
      expect((await room.row(mia)).presence).toBe("away");
    });
  });

  describe("acting", () => {
    test("the room is what the acts that stand make of it, in whatever order they are undone", async () => {
      const room = await openRoom();
      const view = async () => (await room.board()).room;
      await room.act({ type: "lessons", open: ["one"] });
      const two = await room.act({ type: "lessons", open: ["one", "two"] });
      const gates = await room.act({ type: "gates", on: true });
      await room.act({ type: "pace", lesson: "one", step: 3 });
      const countdown = await room.act({ type: "countdown", label: "Coffee", seconds: 600 });
      expect(await view()).toMatchObject({ open: ["one", "two"], gates: true, countdown: { label: "Coffee" } });
      await room.undo(two);
      await room.undo(gates);
      expect(await view()).toMatchObject({ open: ["one"], gates: false, pace: { lesson: "one", step: 3 } });
      const stop = await room.act({ type: "countdown-stop" });
      expect((await view())?.countdown).toBeUndefined();
      await room.undo(stop);
      expect((await view())?.countdown?.act).toBe(countdown);
    });

    test("an act sent twice is done once", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const body = { id: newId(), type: "message", to: "all", text: "Welcome" };
      const send = () => call(hub.base, "act", { params: { room: room.id }, key: room.key, body });
      const answers = (await Promise.all([send(), send()])).map((answer) => good(answer).known);
      expect(answers.sort()).toEqual([false, true]);
      expect((await mia.mine()).inbox).toHaveLength(1);
    });

    test("a learner gets what is for all and for this learner, and hears when it is withdrawn", async () => {
      const room = await openRoom();
      const [mia, ben] = [await room.join("Mia"), await room.join("Ben")];
      const note = await room.act({ type: "message", to: [mia.id, ben.id], text: "Look at the journal" });
      await room.act({ type: "release", to: [ben.id], what: "solution", lesson: "papers" });
      const { seq, inbox } = await mia.mine();
      expect(inbox.map(({ act }) => act)).toEqual([
        { id: note, type: "message", to: [mia.id], text: "Look at the journal" },
      ]);
      await room.undo(note);
      expect((await mia.mine(seq)).inbox).toMatchObject([{ undone: true, act: { id: note } }]);
      await ben.tell({ type: "taken", act: note });
      expect((await room.row(ben)).taken).toEqual([note]);
    });

    test("a state sent back is for its learner alone, and no longer after an undo", async () => {
      const room = await openRoom();
      const [mia, ben] = [await room.join("Mia"), await room.join("Ben")];
      const act = await room.act({ type: "send-state", learner: mia.id, note: "Fixed the flag", code });
      const [item] = (await mia.mine()).inbox;
      expect(item?.act).toEqual({ id: act, type: "send-state", learner: mia.id, note: "Fixed the flag" });
      const fetchAs = (key: string) =>
        call(hub.base, "state", { params: { room: room.id, state: item?.state ?? "" }, key });
      expect(good(await fetchAs(mia.key)).code).toBe(code);
      expect((await fetchAs(ben.key)).problem?.error).toBe("not-found");
      await room.undo(act);
      expect((await fetchAs(mia.key)).problem?.error).toBe("not-found");
    });

    test("a raised hand with its state, help that comes, is done, and is undone", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      await mia.tell({ type: "hand", sentence: "It says 401", lesson: "papers", step: 2, state: code });
      const { hand } = await room.row(mia);
      const state = hand?.state ?? "";
      expect(good(await call(hub.base, "state", { params: { room: room.id, state }, key: room.key })).code).toBe(code);
      await room.act({ type: "help", learner: mia.id, status: "coming" });
      expect((await mia.mine()).me?.hand).toMatchObject({ sentence: "It says 401", coming: "Ann" });
      const done = await room.act({ type: "help", learner: mia.id, status: "done" });
      expect(await room.row(mia)).toMatchObject({ helped: 1 });
      expect((await room.row(mia)).hand).toBeUndefined();
      await room.undo(done);
      expect(await room.row(mia)).toMatchObject({ helped: 0, hand: { sentence: "It says 401" } });
    });

    test("a look needs consent: without it no state is kept", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const look = await room.act({ type: "look", learner: mia.id, note: "May I look?" });
      await mia.tell({ type: "look-answer", act: look, consent: false, state: code });
      expect((await room.row(mia)).looks[look]).toEqual({ consent: false, at: expect.any(Number) });
      await mia.tell({ type: "look-answer", act: look, consent: true, state: code });
      expect((await room.row(mia)).looks[look]?.state).toMatch(/^[a-z0-9]{16}$/);
    });

    test("a class exam starts for all; results come to the board by the act that began it", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const exam = await room.act({ type: "exam", seed: "42", minutes: 45, note: "Good luck" });
      expect((await mia.mine()).room?.exam).toMatchObject({ act: exam, seed: "42", minutes: 45 });
      const tasks = [{ id: "close-port", score: 4, of: 4 }];
      await mia.tell({ type: "exam-result", exam, seed: "42", score: 4, of: 4, passed: true, seconds: 900, tasks });
      expect((await room.row(mia)).exams[exam]).toMatchObject({ score: 4, passed: true, tasks });
    });

    test("the hub knows an exam that it issued, also after its room was erased, and no other", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const exam = await room.act({ type: "exam", seed: "heron42", minutes: 25, note: "" });
      const { startedAt: at = 0, signature = "" } = (await mia.mine()).room?.exam ?? {};
      const issued = { seed: "heron42", minutes: 25, room: room.id, act: exam, at, signature };
      const isIssued = async (change: object = {}): Promise<boolean> =>
        good(await call(hub.base, "checkExam", { body: { ...issued, ...change } })).issued;
      expect(await isIssued()).toBe(true);
      const others = [{ seed: "heron43" }, { minutes: 50 }, { at: at + 1 }, { act: newId() }, { room: "another0" }];
      const forged = { signature: `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}` };
      expect(await Promise.all([...others, forged].map(isIssued))).toEqual(Array(6).fill(false));
      // Whatever else happens in the room, the exam keeps its signature.
      await room.act({ type: "gates", on: true });
      expect((await mia.mine()).room?.exam?.signature).toBe(signature);
      const params = { room: room.id };
      good(await call(hub.base, "end", { params, key: room.key, body: { keepHours: 0 } }));
      expect(await isIssued()).toBe(true);
    });

    test("a hub that issued nothing knows no exam, and another hub's is not its own", async () => {
      const room = await openRoom();
      const act = await room.act({ type: "exam", seed: "42", minutes: 25, note: "" });
      const { startedAt: at = 0, signature = "" } = (await room.board()).room?.exam ?? {};
      const body = { seed: "42", minutes: 25, room: room.id, act, at, signature };
      const other = await startHub();
      try {
        expect(good(await call(other.base, "checkExam", { body })).issued).toBe(false);
        await (await openTestRoom(other.base)).act({ type: "exam", seed: "42", minutes: 25, note: "" });
        expect(good(await call(other.base, "checkExam", { body })).issued).toBe(false);
      } finally {
        await other.stop();
      }
    });

    test("a removed learner's key opens nothing and the stream says goodbye; undo lets the learner in again", async () => {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const events = readStream(hub.base, "mineStream", { params: { room: room.id }, key: mia.key });
      await events.next();
      const remove = await room.act({ type: "remove", learner: mia.id });
      expect((await events.next()).value).toMatchObject({ event: "feed" });
      expect((await events.next()).value).toMatchObject({ event: "bye", data: { why: "removed" } });
      expect((await mia.tell({ type: "hand", sentence: "Hello" })).status).toBe(401);
      await room.undo(remove);
      expect((await mia.tell({ type: "hand", sentence: "Hello" })).status).toBe(200);
    });

    test("a stream of a learner tells nothing of what others do", async () => {
      const room = await openRoom();
      const [mia, ben] = [await room.join("Mia"), await room.join("Ben")];
      const heard: OwnFeed[] = [];
      const mine = waitFor<OwnFeed>(hub.base, "mineStream", { room: room.id, key: mia.key }, (feed) => {
        heard.push(feed);
        return feed.inbox.length > 0;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await ben.tell({ type: "hand", sentence: "secret of Ben" });
      await room.act({ type: "message", to: [ben.id], text: "for Ben alone" });
      await new Promise((resolve) => setTimeout(resolve, 150));
      await room.act({ type: "message", to: [mia.id], text: "for Mia" });
      await mine;
      expect(JSON.stringify(heard)).not.toMatch(/Ben|secret/);
    });
  });

  describe("the end", () => {
    test("the report has everyone; as a table, nothing in it is a formula", async () => {
      const room = await openRoom({ title: "Morning" });
      const mia = await room.join('=HYPERLINK("x")');
      await mia.tell({ type: "place", lesson: "papers", step: 2, steps: 3 });
      await mia.tell({
        type: "checks",
        lesson: "papers",
        verdicts: { a: "pass", b: "not-yet" },
        misconceptions: ["m"],
      });
      await room.join("Ben, the second");
      const report = good(await call(hub.base, "report", { params: { room: room.id }, key: room.key }));
      expect(report.learners.map(({ name }) => name)).toEqual(['=HYPERLINK("x")', "Ben, the second"]);
      const csv = await call(hub.base, "reportCsv", { params: { room: room.id }, key: room.key });
      expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      const [, first, second] = csv.value.split("\r\n");
      expect(first).toContain(`1,"'=HYPERLINK(""x"")",`);
      expect(first).toContain(",papers,2,3,1,2,b,m,");
      expect(second).toContain('2,"Ben, the second",');
    });

    test("after the chosen time names, sentences and states are gone; the numbers stay", async () => {
      const room = await openRoom({ keepHours: 1 });
      const mia = await room.join("Mia Wallace");
      await mia.tell({ type: "hand", sentence: "my secret sentence", state: code });
      await room.act({ type: "message", to: [mia.id], text: "private words" });
      await mia.tell({ type: "checks", lesson: "papers", verdicts: { a: "pass" }, misconceptions: [] });
      const state = (await room.row(mia)).hand?.state ?? "";
      good(await call(hub.base, "end", { params: { room: room.id }, key: room.key, body: {} }));
      hub.turnClock(2 * 3_600_000);
      await hub.server.upkeep.tidyRooms();
      expect((await room.row(mia)).name, "a clock that jumped erases nothing at once").toBe("Mia Wallace");
      steady += 11 * 60_000;
      await hub.server.upkeep.tidyRooms();
      const report = await call(hub.base, "report", { params: { room: room.id }, key: room.key });
      expect(report.text).not.toMatch(/Wallace|secret|private|Ann|Harbour/);
      expect(good(report)).toMatchObject({ erased: true, learners: [{ name: "Learner 1", lessons: { papers: {} } }] });
      expect((await call(hub.base, "state", { params: { room: room.id, state }, key: room.key })).status).toBe(404);
      expect((await call(hub.base, "mine", { params: { room: room.id }, key: mia.key })).status).toBe(401);
    });

    test("a seat that has written before opens nothing any more for who was removed or has left, nor for another key or room", async () => {
      const [room, other] = [await openRoom(), await openRoom()];
      const mia = await room.join("Mia");
      const write = async (key: string, id = room.id): Promise<number> => {
        const body = batch({ type: "presence", state: "here" });
        return (await call(hub.base, "events", { params: { room: id }, key, body })).status;
      };
      expect(await write(mia.key)).toBe(200);
      expect(await write(`${mia.key.slice(0, -4)}${mia.key.endsWith("AAAA") ? "BBBB" : "AAAA"}`)).toBe(401);
      expect(await write(mia.key, other.id)).toBe(401);
      const remove = await room.act({ type: "remove", learner: mia.id });
      expect(await write(mia.key)).toBe(401);
      await room.undo(remove);
      expect(await write(mia.key)).toBe(200);
      expect((await call(hub.base, "leave", { params: { room: room.id }, key: mia.key })).status).toBe(204);
      expect(await write(mia.key)).toBe(401);
    });

    test("events of many rooms that arrive together are each applied in their own, and one bad sender harms none", async () => {
      const rooms = await Promise.all(Array.from({ length: 6 }, () => openRoom()));
      const learners = await Promise.all(rooms.flatMap((room) => [room.join("Mia"), room.join("Noor")]));
      const [gone] = learners;
      if (gone === undefined) throw new Error("nobody joined");
      await rooms[0]?.act({ type: "remove", learner: gone.id });
      const answers = await Promise.all(
        learners.map((learner, step) => learner.tell({ type: "place", lesson: "a/one", step, steps: 20 })),
      );
      expect(answers.map(({ status }) => status)).toEqual([401, ...Array.from({ length: 11 }, () => 200)]);
      for (const [index, room] of rooms.entries()) {
        const { learners: rows } = await room.board();
        const steps = rows.filter(({ removed }) => !removed).map(({ lessons }) => lessons["a/one"]?.step);
        // Who of two joined first is chance.
        expect(steps.sort()).toEqual(index === 0 ? [1] : [2 * index, 2 * index + 1].sort());
      }
    });

    test("who leaves is forgotten at once, and the others are not", async () => {
      const room = await openRoom();
      const [mia, ben] = [await room.join("Mia Wallace"), await room.join("Ben")];
      await mia.tell({ type: "hand", sentence: "my secret sentence", state: code });
      expect((await call(hub.base, "leave", { params: { room: room.id }, key: mia.key })).status).toBe(204);
      expect(JSON.stringify(await room.board())).not.toMatch(/Wallace|secret/);
      expect((await room.row(ben)).name).toBe("Ben");
      expect((await mia.tell({ type: "hand", sentence: "x" })).status).toBe(401);
    });

    test("a room ends by itself, and is forgotten in the end", async () => {
      const room = await openRoom({ hours: 1, keepHours: 0 });
      const pass = async () => {
        await hub.server.upkeep.tidyRooms();
        steady += 11 * 60_000;
        await hub.server.upkeep.tidyRooms();
      };
      hub.turnClock(2 * 3_600_000);
      await pass();
      expect((await room.board()).room?.ended).toBeDefined();
      await pass();
      hub.turnClock(91 * 24 * 3_600_000);
      await pass();
      expect((await call(hub.base, "board", { params: { room: room.id }, key: room.key })).status).toBe(401);
      hub.turnClock(-92 * 24 * 3_600_000);
    });
  });

  test("everything is there again after a stop and a start", async () => {
    const room = await openRoom();
    const mia = await room.join("Mia");
    const body = batch({ type: "hand", sentence: "Still here?" });
    await call(hub.base, "events", { params: { room: room.id }, key: mia.key, body });
    const before = await room.board();
    const old = hub;
    await old.stop();
    hub = await old.again();
    const params = { room: room.id };
    const after = good(await call(hub.base, "board", { params, key: room.key }));
    expect(after.learners).toEqual(before.learners);
    expect(good(await call(hub.base, "events", { params, key: mia.key, body })).known).toHaveLength(1);
  });

  test.runIf(store === "PostgreSQL")("two processes: what one takes, the other's board tells", async () => {
    const other = await hub.again();
    try {
      const room = await openRoom();
      const mia = await room.join("Mia");
      const heard = waitFor<BoardFeed>(other.base, "boardStream", { room: room.id, key: room.key }, (feed) =>
        feed.learners.some(({ hand }) => hand?.sentence === "Over there"),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      const body = batch({ type: "hand", sentence: "Over there" });
      const answers = await Promise.all(
        [hub, other, hub, other].map((one) =>
          call(one.base, "events", { params: { room: room.id }, key: mia.key, body }),
        ),
      );
      expect(answers.map((answer) => good(answer).applied.length).sort()).toEqual([0, 0, 0, 1]);
      expect((await heard).learners).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  test("is ready, and stops with a goodbye to its streams", async () => {
    expect((await fetch(`${hub.base}/healthz`)).status).toBe(200);
    expect((await fetch(`${hub.base}/readyz`)).status).toBe(200);
    const room = await openRoom();
    const events = readStream(hub.base, "boardStream", { params: { room: room.id }, key: room.key });
    expect((await events.next()).value?.event).toBe("feed");
    const old = hub;
    await old.stop();
    expect((await events.next()).value).toMatchObject({ event: "bye", data: { why: "stopping" } });
    hub = await old.again();
  });
});
