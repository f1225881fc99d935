// The lock file installs on every platform and names no registry.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { completeLock, findMissing } from "../src/cli/lock.mjs";

const text = readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8");

describe("package-lock.json", () => {
  test("has an entry for every dependency, optional platform packages included (npm run lock)", () => {
    expect(findMissing(JSON.parse(text)).map(({ from, name }) => `${from} needs ${name}`)).toEqual([]);
  });

  test("names no registry", () => {
    expect(text).not.toMatch(/"resolved":/);
  });

  test("is completed from the package's name where a registry lacks it", () => {
    const lock = {
      packages: {
        "node_modules/tool": {
          version: "1.0.0",
          dev: true,
          optionalDependencies: { "@tool/cli-linux-arm64-musl": "1.0.0" },
        },
      },
    };
    expect(completeLock(lock)).toEqual(["@tool/cli-linux-arm64-musl"]);
    expect(lock.packages).toHaveProperty(["node_modules/@tool/cli-linux-arm64-musl"], {
      version: "1.0.0",
      cpu: ["arm64"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    });
  });
});
