// The guide names every setting, and a wrong one is refused with a sentence.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("every variable that is read stands in the guide's table, and no other", () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  const used = [...read("settings.ts").matchAll(/"((?:HUB_|KC_)[A-Z_]+|PORT|HOST|DATABASE_URL)"/g)].map(
    (match) => match[1],
  );
  const told = [...read("README.md").matchAll(/^\| (`.*?) \|/gm)].flatMap((match) =>
    [...(match[1] ?? "").matchAll(/`([A-Z_]+)`/g)].map((name) => name[1]),
  );
  expect([...new Set(told)].sort()).toEqual([...new Set(used)].sort());
});

test("a wrong setting is refused by name", () => {
  expect(() => readSettings({ PORT: "many" }, "/")).toThrow("PORT is many; it must be a number from 0 to 65535.");
  expect(() => readSettings({ HUB_TLS_CERT: "a.pem" }, "/")).toThrow("HUB_TLS_CERT and HUB_TLS_KEY belong together.");
  expect(readSettings({}, "/srv")).toMatchObject({ port: 4322, data: "/srv/hub-data", rates: 1 });
});
