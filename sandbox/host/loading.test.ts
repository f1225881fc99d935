import { expect, test } from "vitest";
import { Bringing } from "./loading.ts";

test("code that does not come is told once and asked for until it does; all who waited go on", async () => {
  const told: (string | undefined)[] = [];
  const done: string[] = [];
  const again: (() => void)[] = [];
  const bringing = new Bringing(
    (_ms, run) => again.push(run),
    (why) => told.push(why),
  );
  let failures = 2;
  const load = async (): Promise<void> => {
    if (failures-- > 0) throw new Error("cut");
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  bringing.bring(load, () => done.push("one"));
  await settle();
  bringing.bring(load, () => done.push("two"));
  again.shift()?.();
  await settle();
  expect([told, done]).toEqual([["cut"], []]);
  again.shift()?.();
  await settle();
  expect([told, done, again]).toEqual([["cut", undefined], ["one", "two"], []]);
  bringing.bring(load, () => done.push("three"));
  await settle();
  expect(done).toEqual(["one", "two", "three"]);
});
