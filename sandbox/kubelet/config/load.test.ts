import fc from "fast-check";
import { expect, it } from "vitest";
import { profileOf } from "../version/profile.ts";
import { describeSource } from "./effective.ts";
import { fields } from "./fields.ts";
import { type Loaded, loadKubelet } from "./load.ts";

const CONFIG = "/var/lib/kubelet/config.yaml";
const SOCKET = "/run/containerd/containerd.sock";

function load(version: string, argv: readonly string[], files: Readonly<Record<string, string>> = {}): Loaded {
  const missing = (what: string, path: string) => ({ error: `${what} ${path}: no such file or directory` });
  return loadKubelet(profileOf(version), argv, {
    cwd: "/root",
    hostname: "node01",
    swapOn: false,
    readFile: (path) => files[path] ?? missing("open", path),
    stat: (path) => (path in files ? undefined : missing("stat", path)),
    walk: (path) => ({
      files: Object.keys(files)
        .filter((file) => file.startsWith(`${path}/`))
        .sort(),
    }),
    dial: (path) => (path === SOCKET ? undefined : `dial unix ${path}: connect: no such file or directory`),
    sysctl: () => "1",
  });
}

const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
const open = `${head}authentication:\n  webhook:\n    enabled: false\nauthorization:\n  mode: AlwaysAllow\n`;
const endpoint = `--container-runtime-endpoint=unix://${SOCKET}`;

const errorOf = (loaded: Loaded): string => (loaded.kind === "fail" ? loaded.error : loaded.kind);

it("says of every setting where it was decided", () => {
  const loaded = load(
    "1.36.2",
    [`--config=${CONFIG}`, "--config-dir=/etc/kubelet.d", endpoint, "--read-only-port", "0"],
    {
      [CONFIG]: `${open}readOnlyPort: 10255\nmaxPods: 50\n`,
      "/etc/kubelet.d/10-more.conf": `${head}maxPods: 60\n`,
    },
  );
  if (loaded.kind !== "ok") throw new Error(errorOf(loaded));
  const { values, sources } = loaded.effective;
  const told = (path: string) => [values[path], describeSource(sources[path])];
  expect(told("authorization.mode")).toEqual(["AlwaysAllow", `${CONFIG}:7`]);
  expect(told("maxPods")).toEqual([60, "/etc/kubelet.d/10-more.conf:3"]);
  expect(told("readOnlyPort")).toEqual([0, "flag --read-only-port 0"]);
  expect(told("authentication.anonymous.enabled")).toEqual([false, "default with a config file"]);
});

it("lets everyone in where a kubelet is started with flags alone", () => {
  const loaded = load("1.20.2", ["--container-runtime=remote", endpoint]);
  if (loaded.kind !== "ok") throw new Error(errorOf(loaded));
  expect(loaded.effective.values).toMatchObject({
    "authentication.anonymous.enabled": true,
    "authorization.mode": "AlwaysAllow",
    readOnlyPort: 10255,
  });
  expect(loaded.effective.sources["readOnlyPort"]).toEqual({ kind: "default", mode: "flags" });
});

it.each([
  [["--nope"], "failed to parse kubelet flag: unknown flag: --nope", "unknown flag: --nope"],
  [["now"], "unknown command now", "unknown command: now"],
])("ends %j in each version's words", (argv, modern, old) => {
  const [now, then] = [load("1.36.2", argv), load("1.20.2", argv)];
  expect([errorOf(now), now.kind === "fail" && now.status]).toEqual([modern, 1]);
  expect([errorOf(then), then.kind === "fail" && then.status]).toEqual([old, 255]);
});

it("refuses a wrong mode by its whole error", () => {
  const loaded = load("1.36.2", [`--config=${CONFIG}`, endpoint], {
    [CONFIG]: `${head}authentication:\n  webhook:\n    enabled: false\nauthorization:\n  mode: webhook\n`,
  });
  expect(errorOf(loaded)).toContain("webhook");
  expect(loaded.kind).toBe("fail");
});

it("starts or says why, whatever the configuration holds", () => {
  const value = fc.constantFrom(
    "true",
    "false",
    "0",
    "-1",
    "10255",
    "70000",
    "''",
    "5m",
    "x",
    "[]",
    "{}",
    "[a, b]",
    "~",
    "{enabled: true}",
  );
  const line = fc.tuple(fc.constantFrom(...fields.map((field) => field.path)), value).map(([path, text]) => {
    const parts = path.replaceAll("[]", "").split(".");
    return `${parts.map((part, depth) => `${"  ".repeat(depth)}${part}:`).join("\n")} ${text}\n`;
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom("1.36.2", "1.20.2"), (lines, version) => {
      const loaded = load(version, [`--config=${CONFIG}`, endpoint], { [CONFIG]: head + lines.join("") });
      if (loaded.kind === "fail") expect(loaded.error).not.toBe("");
    }),
    { numRuns: 300 },
  );
});

it("has a sentence for every field", () => {
  expect(fields.filter((field) => !/^[A-Z0-9].*\.$/.test(field.text)).map((field) => field.path)).toEqual([]);
});
