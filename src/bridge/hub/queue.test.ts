import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOutbox } from "./queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a database that never answers does not hold events back", async () => {
  // WebKit's, while a page that was left holds on to it.
  vi.stubGlobal("indexedDB", { open: () => ({}) });
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (_: string, { body }: { body: string }) => {
    const ids = (JSON.parse(body) as { events: { id: string }[] }).events.map(({ id }) => id);
    sent.push(...ids);
    return Response.json({ applied: ids, known: [], refused: [] });
  });
  const counts: number[] = [];
  const outbox = createOutbox("room0001", { onWaiting: (count) => counts.push(count) });
  const added = outbox.add({ type: "presence", id: "e1", at: 0, state: "here" });
  await vi.advanceTimersByTimeAsync(4000);
  await added;
  outbox.send();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sent).toEqual(["e1"]);
  expect(counts.at(-1)).toBe(0);
  outbox.stop();
});
