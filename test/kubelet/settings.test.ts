// Reading settings never throws, whatever stands in flags and files: valid configurations with letters, lines and words changed.

import fc from "fast-check";
import { expect, it } from "vitest";
import { type HostFacts, loadKubelet } from "#sandbox/kubelet/config/load.ts";
import { flagRows } from "#sandbox/kubelet/flags/table.ts";
import { kubelet120, kubelet136 } from "#sandbox/kubelet/version/profile.ts";

const CONFIG = "/var/lib/kubelet/config.yaml";
const VALID = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: true
  webhook:
    cacheTTL: 0s
    enabled: false
authorization:
  mode: AlwaysAllow
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
evictionHard: {memory.available: 100Mi, nodefs.available: "10%"}
featureGates:
  AllAlpha: false
kubeReserved:
  cpu: 100m
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
  verbosity: 0
maxPods: 40
readOnlyPort: 10255
registerWithTaints:
- {key: a, effect: NoSchedule}
staticPodPath: /etc/kubernetes/manifests
tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
tlsMinVersion: VersionTLS12
`;

const facts = (text: string): HostFacts => ({
  cwd: "/",
  hostname: "node01",
  now: Date.UTC(2026, 10, 21),
  swapOn: false,
  readFile: (path) => (path === CONFIG ? text : { error: `open ${path}: no such file or directory` }),
  stat: (path) => (path === CONFIG ? undefined : { error: `stat ${path}: no such file or directory` }),
  walk: (path) => ({ error: `lstat ${path}: no such file or directory` }),
  dial: () => undefined,
  sysctl: () => "1",
});

/** One change: some characters taken out at a place, others put in. */
const change = fc.record({
  at: fc.nat({ max: VALID.length }),
  take: fc.nat({ max: 12 }),
  put: fc.oneof(
    fc.constantFrom(
      "\t",
      ": ",
      "- ",
      "\n",
      "\n---\n",
      "{",
      "}",
      "[",
      "&a ",
      "*a",
      "!!int ",
      "'",
      '"',
      "|\n",
      "1e3",
      "0x1f",
      "null",
      "\u00a0",
      "\ufeff",
      "#",
    ),
    fc.string({ maxLength: 6 }),
  ),
});

const value = fc.oneof(
  fc.constantFrom(
    "true",
    "false",
    "",
    "0",
    "-1",
    "10s",
    "1h2m",
    "a=b",
    "a=b,c=d",
    "a=b:NoSchedule",
    "100Mi",
    "5%",
    "[]",
    "::",
    "1.2.3.4",
  ),
  fc.string({ maxLength: 8 }),
);
const names = flagRows.map(([name]) => name);
const word = fc.oneof(
  fc.tuple(fc.constantFrom(...names), value).map(([name, text]) => `--${name}=${text}`),
  fc.constantFrom(...names).map((name) => `--${name}`),
  fc.string({ maxLength: 10 }),
);

const mutate = (text: string, changes: readonly { at: number; take: number; put: string }[]): string =>
  changes.reduce((now, { at, take, put }) => now.slice(0, at) + put + now.slice(at + take), text);

it("reads any flags and any file, or says what is wrong", () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 4 }),
      fc.array(word, { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      (changes, words, old, withFile) => {
        const profile = old ? kubelet120 : kubelet136;
        const remote = old ? ["--container-runtime=remote", "--container-runtime-endpoint=unix:///run/x.sock"] : [];
        const argv = [...(withFile ? [`--config=${CONFIG}`] : []), ...remote, ...words];
        const seen = facts(mutate(VALID, changes));
        const loaded = loadKubelet(profile, argv, seen);
        expect(["ok", "fail", "print"]).toContain(loaded.kind);
        if (loaded.kind === "fail") expect(loaded.status).toBeGreaterThan(0);
        expect(loadKubelet(profile, argv, seen)).toEqual(loaded);
      },
    ),
    { numRuns: 400 },
  );
});
