// Who may what: every route with every kind of key, and what must never leave the hub or come to rest in it.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Route, type RouteName, routes } from "../../src/hub/api/routes.ts";
import { addressOf, batch, call, newId, type Wish } from "./support/client.ts";
import { good, makeFolder, openTestRoom, removeFolders, startHub, type TestHub, type TestRoom } from "./support/hub.ts";

const code = "kc1-machine-abc-0123abcd";
const names = Object.keys(routes) as RouteName[];
const folder = makeFolder();
let hub: TestHub;
let room: TestRoom;
let keys: Record<string, string>;
let wishes: Partial<Record<RouteName, Wish>>;

beforeAll(async () => {
  hub = await startHub({ folder });
  room = await openTestRoom(hub.base);
  const other = await openTestRoom(hub.base);
  const [mia, ben, gone] = [await room.join("Mia"), await room.join("Ben"), await room.join("Gone")];
  await room.act({ type: "remove", learner: gone.id });
  const sent = await room.act({ type: "send-state", learner: ben.id, note: "for Ben", code });
  const state = (await ben.mine()).inbox[0]?.state ?? "";
  const undoable = await room.act({ type: "gates", on: true });
  const params = { room: room.id, state, act: undoable };
  keys = {
    learner: ben.key,
    "another learner": mia.key,
    "a removed learner": gone.key,
    "a learner of another room": (await other.join("Zoe")).key,
    lead: room.key,
    co: room.coKey,
    "the lead of another room": other.key,
    "a key with another secret": `${room.key.slice(0, -4)}AAAA`,
    "a key of another kind": room.key.replace("kci_", "kcl_"),
    nonsense: "kci_x",
  };
  wishes = {
    act: { body: { id: newId(), type: "message", to: "all", text: "Hello" } },
    events: { body: batch({ type: "presence", state: "here" }) },
    end: { body: {} },
    board: { query: { after: 0 } },
  };
  for (const name of names) wishes[name] = { ...wishes[name], params };
  expect(sent).not.toBe("");
});
afterAll(async () => {
  await hub.stop();
  removeFolders();
});

/** Status of a route for a key; streams are left at once. */
async function ask(name: RouteName, key?: string): Promise<number> {
  const route: Route = routes[name];
  const { body, ...wish } = wishes[name] ?? {};
  const stop = new AbortController();
  const response = await fetch(addressOf(hub.base, name, wish), {
    method: route.method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: stop.signal,
  });
  stop.abort();
  return response.status;
}

/** Who passes, by what the table of routes says. */
const passing: Readonly<Record<string, readonly string[]>> = {
  learner: ["learner", "another learner"],
  instructor: ["lead", "co"],
  lead: ["lead"],
  member: ["lead", "co", "learner"],
};

describe("every route", () => {
  // What ends the room or a membership comes last.
  const last: readonly RouteName[] = ["leave", "end", "erase"];
  const guarded = names.filter((name) => routes[name].caller !== "anyone");
  const order = [...guarded.filter((name) => !last.includes(name)), ...last];

  test.each(order)("%s opens for whom it is for, and for nobody else", async (name) => {
    const caller = routes[name].caller;
    const answers: Record<string, boolean> = {};
    const refusals = new Set<number>();
    for (const [who, key] of [...Object.entries(keys).reverse(), ["nobody", undefined] as const]) {
      const status = await ask(name, key);
      const isOpen = status < 300;
      answers[who] = isOpen;
      if (!isOpen) refusals.add(status);
    }
    const expected = Object.fromEntries(
      [...Object.keys(keys), "nobody"].map((who) => [who, passing[caller]?.includes(who) === true]),
    );
    expect(answers).toEqual(expected);
    expect([...refusals].filter((status) => ![401, 403, 404].includes(status))).toEqual([]);
  });

  test("those for anyone are opening, joining, signing in and out, and asking whose exam it is", () => {
    expect(names.filter((name) => routes[name].caller === "anyone")).toEqual([
      "openRoom",
      "join",
      "signIn",
      "signOut",
      "checkExam",
    ]);
  });
});

describe("borders", () => {
  test("a learner's key signs nobody in; a co-instructor's does, and ends no room", async () => {
    const fresh = await openTestRoom(hub.base);
    const params = { room: fresh.id };
    const mia = await fresh.join("Mia");
    const signIn = (key: string) => call(hub.base, "signIn", { params, body: { key, keyIn: "cookie" } });
    expect((await signIn(mia.key)).status).toBe(401);
    const co = await signIn(fresh.coKey);
    expect(good(co).me.role).toBe("co");
    const headers = { cookie: co.headers.get("set-cookie")?.split(";")[0] ?? "" };
    expect((await call(hub.base, "board", { params, headers })).status).toBe(200);
    expect((await call(hub.base, "end", { params, headers, body: {} })).status).toBe(403);
  });

  test("another site's page cannot use a cookie", async () => {
    const fresh = await openTestRoom(hub.base);
    const params = { room: fresh.id };
    const signed = await call(hub.base, "signIn", { params, body: { key: fresh.key, keyIn: "cookie" } });
    const cookie = signed.headers.get("set-cookie")?.split(";")[0] ?? "";
    const send = (headers: Record<string, string>) =>
      call(hub.base, "act", {
        params,
        headers: { cookie, ...headers },
        body: { id: newId(), type: "gates", on: true },
      });
    expect((await send({ origin: "https://elsewhere.example" })).status).toBe(403);
    expect((await send({ origin: "null" })).status).toBe(403);
    expect((await send({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send({ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" })).status).toBe(403);
    expect((await send({ origin: hub.base })).status).toBe(200);
  });

  test("every answer, good or bad, says that it is data and not to be kept", async () => {
    for (const path of ["/api/v1/rooms/aaaaaaaa", "/api/v1/nothing", "/api/v1/openapi.json", "/healthz", "/%ZZ"]) {
      const { headers } = await fetch(hub.base + path);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
      expect(headers.get("cache-control"), path).toBe("no-store");
      expect(headers.get("content-type"), path).toMatch(/^application\/json/);
    }
  });

  test("what is too large is refused before it is read", async () => {
    const fresh = await openTestRoom(hub.base);
    const mia = await fresh.join("Mia");
    const large = await call(hub.base, "join", { body: { code: fresh.code, name: "x".repeat(20_000), keyIn: "body" } });
    expect(large.problem?.error).toBe("too-large");
    const body = { ...batch({ type: "presence", state: "here" }), more: "x".repeat(3_000_000) };
    const events = await call(hub.base, "events", { params: { room: fresh.id }, key: mia.key, body });
    expect(events.problem?.error).toBe("too-large");
  });

  test("with its opening key set, the hub opens rooms for that key alone", async () => {
    const closed = await startHub({ settings: { openingKey: "let me in" } });
    const body = { title: "Room", name: "Ann", keyIn: "body" };
    expect((await call(closed.base, "openRoom", { body })).status).toBe(403);
    const headers = { "x-opening-key": "let me in" };
    expect((await call(closed.base, "openRoom", { body, headers })).status).toBe(200);
    await closed.stop();
  });

  test("rates are limited by person, and open rooms by number", async () => {
    const slow = await startHub({ settings: { rates: 0.02, maxRooms: 2 } });
    const fresh = await openTestRoom(slow.base);
    const body = { title: "Room", name: "Ann", keyIn: "body" };
    expect((await call(slow.base, "openRoom", { body })).problem?.error).toBe("too-many");
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++)
      statuses.push((await call(slow.base, "board", { params: { room: fresh.id }, key: fresh.key })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429]);
    const others = await call(slow.base, "board", { params: { room: fresh.id }, key: fresh.coKey });
    expect(others.status).toBe(200);
    await slow.stop();
  });

  const openssl = spawnSync("openssl", ["version"]).status === 0;
  test.skipIf(!openssl)("speaks TLS: cookies are for TLS alone, and browsers are told to stay with it", async () => {
    const [cert, key] = ["cert.pem", "key.pem"].map((name) => join(makeFolder(), name)) as [string, string];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    spawnSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, ...subject]);
    const tls = { cert: readFileSync(cert), key: readFileSync(key) };
    const secure = await startHub({ settings: { tls } });
    const port = Number(new URL(secure.base).port);
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const body = JSON.stringify({ title: "Room", name: "Ann", keyIn: "cookie" });
      const options = { host: "localhost", port, path: "/api/v1/rooms", method: "POST", ca: tls.cert };
      const sent = { "content-type": "application/json", "content-length": body.length };
      const asking = request({ ...options, headers: sent }, (response) => {
        response.resume();
        resolve(response.headers);
      });
      asking.on("error", reject);
      asking.end(body);
    });
    expect(headers["set-cookie"]?.[0]).toContain("; Secure");
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
    await secure.stop();
  });

  test("metrics are for this machine, or for who has their key; no label comes from people", async () => {
    const own = await fetch(`${hub.base}/metrics`);
    expect(await own.text()).toMatch(/^hub_events_total\{result="applied"\} \d+$/m);
    const forwarded = await fetch(`${hub.base}/metrics`, { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(forwarded.status).toBe(403);
    const closed = await startHub({ settings: { metricsKey: "figures" } });
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${closed.base}/metrics`, { headers })).status;
    expect([await status({}), await status({ authorization: "Bearer figures" })]).toEqual([403, 200]);
    await closed.stop();
  });
});

describe("what stays inside", () => {
  test("no key and no text of people is in the log; no key is in the database", async () => {
    const fresh = await openTestRoom(hub.base, { title: "Title of the day" });
    const mia = await fresh.join("Mia Wallace");
    await mia.tell({ type: "hand", sentence: "a sentence of mine", state: code });
    await mia.tell({ type: "hand", sentence: "x".repeat(1_000) });
    await fetch(`${hub.base}/api/v1/rooms/${fresh.id}/mine?key=${mia.key}`);
    await fetch(`${hub.base}/api/v1/${mia.key}`);
    await fetch(`${hub.base}/api/v1/join`, {
      method: "POST",
      body: `{"name":"a sentence of mine`,
      headers: { "content-type": "application/json" },
    });
    const log = hub.log.join("");
    expect(log).toContain('"route":"/api/v1/rooms/:room/events"');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"));
    const secrets = [mia.key, fresh.key, fresh.coKey].map((key) => key.split("_").slice(2).join("_"));
    for (const secret of secrets) {
      expect(log).not.toContain(secret);
      expect(files.some((file) => file.includes(secret))).toBe(false);
    }
    for (const text of ["Wallace", "sentence", "Title of the day", fresh.code]) expect(log).not.toContain(text);
    expect(files.some((file) => file.includes("Mia Wallace"))).toBe(true);
  });

  test("what was erased is in none of the database's files", async () => {
    const fresh = await openTestRoom(hub.base);
    const mia = await fresh.join("Zebedee Quux");
    await mia.tell({ type: "hand", sentence: "zymurgy is my secret", state: "kc1-machine-zzyzxzzyzx-0123abcd" });
    good(await call(hub.base, "end", { params: { room: fresh.id }, key: fresh.key, body: {} }));
    const read = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name)).toString("latin1"))
        .join("");
    for (const word of ["Zebedee", "zymurgy", "zzyzx"]) expect(read()).toContain(word);
    good(await call(hub.base, "erase", { params: { room: fresh.id }, key: fresh.key }));
    for (const word of ["Zebedee", "zymurgy", "zzyzx"]) expect(read()).not.toContain(word);
  });

  test("the document of the API names every route and every problem", async () => {
    const document = (await (await fetch(`${hub.base}/api/v1/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const operations = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((one) => one.operationId),
    );
    expect(operations.sort()).toEqual([...names].sort());
    expect(JSON.stringify(document)).toContain("look-answer");
  });
});
