// From a command line and files to the effective configuration, or to the exact way the start fails. A pure function:
// the service, the grader and the tests all call it with their own eyes on the file system.

import type { Source } from "../../lib/trace.ts";
import { compareText, type Json, type JsonEntry, parseJson, quoteGo } from "../../lib/yaml-go/json.ts";
import { helpText } from "../flags/help.ts";
import { flagsOf, type ParsedFlags, parseFlags } from "../flags/parse.ts";
import { type LogLine, type Output, structured } from "../log.ts";
import type { Profile } from "../version/profile.ts";
import { decodeFile, readKind, readTree } from "./decode.ts";
import { decodeJson } from "./decode-json.ts";
import { applyDefaults, type Draft } from "./defaults.ts";
import { type Effective, toJsonObject } from "./effective.ts";
import { checkGates } from "./gates.ts";
import { rowsOf, shapeFor } from "./schema.ts";
import { checkRun } from "./startup/index.ts";
import type { HostFacts } from "./startup/step.ts";
import { cleanPath, LOG_FORMATS, validateConfig } from "./validate.ts";

export type { HostFacts } from "./startup/step.ts";

export type Loaded =
  | { readonly kind: "ok"; readonly effective: Effective; readonly log: readonly Output[] }
  | {
      readonly kind: "fail";
      readonly status: number;
      readonly log: readonly Output[] /** Text of the fatal error. */;
      readonly error: string;
    }
  /** --help and --version. */
  | { readonly kind: "print"; readonly status: 0; readonly text: string; readonly log: readonly Output[] };

class Stop extends Error {
  readonly result: Loaded;
  constructor(result: Loaded) {
    super("stop");
    this.result = result;
  }
}

/** Reads flags, files and drop-ins as `kubelet ARGV` would; `argv` is without the program's name. */
export function loadKubelet(profile: Profile, argv: readonly string[], facts: HostFacts): Loaded {
  const loading = new Loading(profile, facts);
  try {
    return loading.run(argv);
  } catch (stop) {
    if (stop instanceof Stop) return stop.result;
    throw stop;
  }
}

const DIRECTORY_PATHS = [
  "staticPodPath",
  "authentication.x509.clientCAFile",
  "tlsCertFile",
  "tlsPrivateKeyFile",
  "resolvConf",
  "volumePluginDir",
  "podLogsDir",
];

class Loading {
  readonly #profile: Profile;
  readonly #facts: HostFacts;
  readonly #log: Output[] = [];

  constructor(profile: Profile, facts: HostFacts) {
    this.#profile = profile;
    this.#facts = facts;
  }

  /** Ends the start: 1.36 wraps the error and exits 1, 1.20 logs it as fatal where it happened and exits 255. */
  #fail(error: string, old: { readonly source: string; readonly error?: string }): never {
    const modern = this.#profile.structured;
    const line: LogLine = modern
      ? { severity: "E", source: "run.go:72", text: structured("command failed", ["err", error]) }
      : { severity: "F", source: old.source, text: old.error ?? error };
    this.#log.push(line);
    throw new Stop({
      kind: "fail",
      status: this.#profile.failStatus,
      log: this.#log,
      error: modern ? error : (old.error ?? error),
    });
  }

  #print(text: string): never {
    throw new Stop({ kind: "print", status: 0, text, log: this.#log });
  }

  run(argv: readonly string[]): Loaded {
    const { minor } = this.#profile;
    const parsed = parseFlags(argv, minor);
    const deprecated = parsed.deprecations.map((plain) => ({ plain }));
    this.#log.push(...deprecated);
    if (parsed.error !== undefined) {
      if (minor < 23) this.#log.push({ plain: helpText(minor, true) });
      this.#fail(`failed to parse kubelet flag: ${parsed.error}`, { source: "server.go:156", error: parsed.error });
    }
    const extra = parsed.positional[0];
    if (extra !== undefined) {
      if (minor < 23) this.#log.push({ plain: helpText(minor, true) });
      this.#fail(`unknown command ${extra}`, { source: "server.go:163", error: `unknown command: ${extra}` });
    }
    const value = (name: string): unknown => parsed.flags.get(name)?.value;
    if (value("help") === true) this.#print(helpText(minor, false));
    this.#printVersion(value("version"));
    this.#checkFlags(parsed);
    const mode = value("config") ? "file" : "flags";
    const draft: Draft = { values: new Map(), sources: new Map() };
    if (mode === "file") this.#readConfig(value("config") as string, draft);
    this.#applyGatesFirst(draft, parsed, mode);
    const directory = value("config-dir");
    if (typeof directory === "string" && directory !== "") this.#mergeDropIns(directory, draft);
    if (minor < 23 && mode === "file") this.#log.push(...deprecated);
    this.#applyFlags(parsed, draft);
    if (mode === "file" || directory) {
      const gates = checkGates((draft.values.get("featureGates") ?? {}) as Record<string, boolean>, minor);
      if (gates !== undefined)
        this.#fail(`failed to set feature gates from initial flags-based config: ${gates}`, {
          source: "server.go:208",
          error: gates,
        });
    }
    const format = draft.values.get("logging.format") ?? "";
    if (minor >= 23 && !LOG_FORMATS.includes(String(format)))
      this.#fail(
        `initialize logging: logging.format: Invalid value: ${quoteGo(String(format))}: Unsupported log format`,
        {
          source: "",
        },
      );
    const invalid = validateConfig(draft.values, minor);
    if (invalid !== undefined)
      this.#fail(`failed to validate kubelet configuration, error: ${invalid}, path: &TypeMeta{Kind:,APIVersion:,}`, {
        source: "server.go:215",
        error: invalid,
      });
    const effective = this.#finish(parsed, draft, mode);
    const problem = checkRun(effective, this.#profile, this.#facts, this.#log);
    if (problem !== undefined) this.#fail(problem.text, { source: problem.source, error: problem.old ?? problem.text });
    return { kind: "ok", effective, log: this.#log };
  }

  #printVersion(asked: unknown): void {
    if (asked === undefined || asked === false) return;
    const { version } = this.#profile;
    if (asked === true) this.#print(`Kubernetes ${version}\n`);
    if (asked === "raw") {
      const [major, minor] = version.slice(1).split(".");
      this.#print(`version.Info{Major:"${major}", Minor:"${minor}", GitVersion:"${version}"}\n`);
    }
  }

  #checkFlags(parsed: ParsedFlags): void {
    const { minor } = this.#profile;
    const gates = checkGates((parsed.flags.get("feature-gates")?.value ?? {}) as Record<string, boolean>, minor);
    if (gates !== undefined)
      this.#fail(`failed to set feature gates from initial flags-based config: ${gates}`, {
        source: "server.go:182",
        error: gates,
      });
    const labels = checkNodeLabels((parsed.flags.get("node-labels")?.value ?? {}) as Record<string, string>);
    if (labels !== undefined)
      this.#fail(`failed to validate kubelet flags: ${labels}`, { source: "server.go:187", error: labels });
    const flag = (name: string): unknown => parsed.flags.get(name)?.value;
    if (minor < 23 && flag("container-runtime") === "remote" && flag("pod-infra-container-image") !== undefined)
      this.#log.push({
        severity: "W",
        source: "server.go:191",
        text: "Warning: For remote container runtime, --pod-infra-container-image is ignored in kubelet, which should be set in that remote runtime instead",
      });
  }

  // --- the file ---

  #readConfig(path: string, draft: Draft): void {
    const failure: (inner: string) => never = (inner) => {
      const text = `failed to load Kubelet config file ${path}, error ${inner}`;
      return this.#fail(`failed to load kubelet config file, path: ${path}, error: ${text}`, {
        source: "server.go:198",
        error: text,
      });
    };
    const absolute = path.startsWith("/") ? path : `${this.#facts.cwd === "/" ? "" : this.#facts.cwd}/${path}`;
    const text = this.#facts.readFile(absolute);
    if (typeof text !== "string")
      failure(`failed to read kubelet config file ${quoteGo(absolute)}, error: ${text.error}`);
    if (text === "") failure(`kubelet config file ${quoteGo(absolute)} was empty`);
    const decoded = decodeFile(text, shapeFor(this.#profile.minor), this.#profile);
    if (!decoded.ok) failure(decoded.error);
    if (decoded.lenient !== undefined) this.#log.push(this.#lenientLine(decoded.lenient));
    const base = absolute.slice(0, absolute.lastIndexOf("/"));
    for (const [name, value] of decoded.values) {
      const relative =
        DIRECTORY_PATHS.includes(name) && typeof value === "string" && value !== "" && !value.startsWith("/");
      draft.values.set(name, relative ? cleanPath(`${base}/${value}`) : value);
      draft.sources.set(name, { kind: "file", file: absolute, line: decoded.lines.get(name) });
    }
  }

  #lenientLine(error: string): LogLine {
    if (this.#profile.structured)
      return {
        severity: "I",
        source: "codec.go:102",
        text: structured("Using lenient decoding as strict decoding failed", ["err", error]),
      };
    return {
      severity: "W",
      source: "codec.go:118",
      text: `using lenient decoding as strict decoding failed: ${error}`,
    };
  }

  /** Defaulting looks at the gates of the file: since 1.2x a wrong one is a Go panic there. */
  #applyGatesFirst(draft: Draft, parsed: ParsedFlags, mode: "file" | "flags"): void {
    const { minor } = this.#profile;
    const inFile = (draft.values.get("featureGates") ?? {}) as Record<string, boolean>;
    const wrong = checkGates(inFile, minor);
    if (wrong !== undefined && minor >= 30) {
      const error = `failed to merge global and in-flight KubeletConfiguration while setting defaults, error: ${wrong}`;
      this.#log.push({ plain: `panic: ${error}\n\ngoroutine 1 [running]:` });
      throw new Stop({ kind: "fail", status: 2, log: this.#log, error: `panic: ${error}` });
    }
    const fromFlags = (parsed.flags.get("feature-gates")?.value ?? {}) as Record<string, boolean>;
    const gates = { ...inFile, ...fromFlags };
    const kept = draft.values.get("featureGates");
    if (Object.keys(gates).length > 0) draft.values.set("featureGates", gates);
    applyDefaults(draft, this.#profile, mode);
    if (kept === undefined) draft.values.delete("featureGates");
    else draft.values.set("featureGates", kept);
  }

  // --- drop-ins ---

  #mergeDropIns(directory: string, draft: Draft): void {
    const failure: (inner: string) => never = (inner) =>
      this.#fail(`failed to merge kubelet configs: ${inner}`, { source: "server.go:198" });
    const walk: (inner: string) => never = (inner) =>
      failure(`failed to walk through kubelet dropin directory ${quoteGo(directory)}: ${inner}`);
    const found = this.#facts.walk(directory);
    if ("error" in found) walk(found.error);
    const shape = shapeFor(this.#profile.minor);
    let merged = parseJson(JSON.stringify(toJsonObject(Object.fromEntries(draft.values), this.#profile.minor)));
    merged = withoutLines(merged);
    const files = found.files.filter((file) => /[^/]*\.conf$/.test(file));
    for (const [index, file] of files.entries()) {
      const broken: (inner: string) => never = (inner) =>
        walk(`failed to load kubelet dropin file, path: ${file}, ${inner}`);
      const text = this.#facts.readFile(file);
      if (typeof text !== "string")
        broken(`error: failed to read kubelet config file ${quoteGo(file)}, error: ${text.error}`);
      if (text === "") broken(`error: kubelet config file ${quoteGo(file)} was empty`);
      const tree = readTree(text);
      if ("error" in tree) broken(`error: ${tree.error}`);
      const meta = readKind(tree.json, text);
      if ("error" in meta) broken(`error: ${meta.error}`);
      if (tree.duplicates !== undefined) broken(`error: strict decoding error: ${tree.duplicates}`);
      if (meta.group !== "kubelet.config.k8s.io" || meta.version !== "v1beta1" || meta.kind !== "KubeletConfiguration")
        broken(`unknown apiVersion/kind: ${meta.group}/${meta.version}, Kind=${meta.kind}`);
      merged = mergePatch(merged, tree.json, (index + 1) * LINE_STEP);
    }
    const decoded = decodeJson(merged, shape, { caseSensitive: false });
    if (decoded.error !== undefined)
      failure(`failed to unmarshal merged JSON into kubelet configuration: ${decoded.error}`);
    for (const [path, value] of decoded.values) {
      const line = decoded.lines.get(path) ?? 0;
      if (line < LINE_STEP) continue;
      draft.values.set(path, value);
      draft.sources.set(path, {
        kind: "drop-in",
        file: files[Math.floor(line / LINE_STEP) - 1] as string,
        line: line % LINE_STEP,
      });
    }
  }

  // --- flags over all ---

  #applyFlags(parsed: ParsedFlags, draft: Draft): void {
    const known = new Set(rowsOf(this.#profile.minor).map(([path]) => path));
    for (const flag of parsed.flags.values()) {
      if (flag.field === undefined || !known.has(flag.field)) continue;
      const source: Source = { kind: "flag", word: flag.word, index: flag.index };
      const merged =
        flag.field === "featureGates"
          ? { ...(draft.values.get("featureGates") as object | undefined), ...(flag.value as object) }
          : flag.value;
      draft.values.set(flag.field, merged);
      draft.sources.set(flag.field, source);
    }
  }

  #finish(parsed: ParsedFlags, draft: Draft, mode: "file" | "flags"): Effective {
    const flags: Record<string, unknown> = {};
    const flagSources: Record<string, Source> = {};
    const known = new Set(rowsOf(this.#profile.minor).map(([path]) => path));
    for (const [name, row] of flagsOf(this.#profile.minor)) {
      const given = parsed.flags.get(name);
      if (given?.field !== undefined && known.has(given.field)) continue;
      if (given !== undefined) {
        flags[name] = given.value;
        flagSources[name] = { kind: "flag", word: given.word, index: given.index };
      } else if (row[2] !== "" && row[5] === undefined && row[1] === "string") flags[name] = row[2];
    }
    return {
      version: this.#profile.version,
      mode,
      values: Object.fromEntries(draft.values),
      sources: Object.fromEntries(draft.sources),
      flags,
      flagSources,
    };
  }
}

const LINE_STEP = 1e7;

function withoutLines(json: Json): Json {
  if (json.kind === "array") return { kind: "array", items: json.items.map(withoutLines) };
  if (json.kind === "object")
    return { kind: "object", entries: json.entries.map((e) => ({ key: e.key, value: withoutLines(e.value) })) };
  const { line: _, ...rest } = json;
  return rest as Json;
}

/** RFC 7386 on trees; lines of the patch are kept, moved up by `offset` to tell its file. */
function mergePatch(base: Json, patch: Json, offset: number): Json {
  if (patch.kind !== "object") return { ...patch, line: (patch.line ?? 0) + offset };
  const entries = new Map<string, Json>(base.kind === "object" ? base.entries.map((e) => [e.key, e.value]) : []);
  for (const { key, value } of patch.entries) {
    if (value.kind === "null") entries.delete(key);
    else entries.set(key, mergePatch(entries.get(key) ?? { kind: "null" }, value, offset));
  }
  const sorted: JsonEntry[] = [...entries]
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => compareText(a.key, b.key));
  return { kind: "object", entries: sorted };
}

// --- node labels ---

const ALLOWED_LABELS = [
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "beta.kubernetes.io/os",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "kubernetes.io/arch",
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
];
const ALLOWED_PREFIXES = ["kubelet.kubernetes.io", "node.kubernetes.io"];

function checkNodeLabels(labels: Readonly<Record<string, string>>): string | undefined {
  const within = (domain: string, suffix: string): boolean => domain === suffix || domain.endsWith(`.${suffix}`);
  const unknown = Object.keys(labels).filter((label) => {
    const domain = label.includes("/") ? label.slice(0, label.indexOf("/")) : "";
    if (!within(domain, "kubernetes.io") && !within(domain, "k8s.io")) return false;
    return !ALLOWED_LABELS.includes(label) && !ALLOWED_PREFIXES.some((prefix) => within(domain, prefix));
  });
  if (unknown.length === 0) return undefined;
  return (
    `unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${unknown.sort().join(", ")}]\n` +
    `--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (${ALLOWED_PREFIXES.join(", ")}) ` +
    `or be in the specifically allowed set (${ALLOWED_LABELS.join(", ")})`
  );
}
