// Who may import whom, and which host globals the sandbox may touch. A failure names the import and the door to use instead.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";

interface Part {
  readonly name: string;
  /** Files of the part, by the beginning of their path. The longest match decides. */
  readonly at: string;
  /** Parts it may import; itself always. A name with `types:` before it allows type imports only. */
  readonly may: readonly string[];
  /** Packages from npm it may import. */
  readonly packages?: readonly string[];
  /** What to do instead. */
  readonly door: string;
}

const machineParts = [
  "kernel",
  "lib",
  "shell",
  "commands",
  "systemd",
  "sshd",
  "kubelet",
  "cluster",
  "containerd",
  "images",
];
const sitePackages = [
  "astro",
  "@astrojs/",
  "@lucide/",
  "@xterm/",
  "@fontsource",
  "monaco-",
  "idb-keyval",
  "ts-fsrs",
  "minisearch",
];
const sandboxTypes = ["types:protocol", "types:sandbox", "types:scene", "types:grader", "types:kubelet", "types:lib"];

const parts: readonly Part[] = [
  {
    name: "kernel",
    at: "sandbox/kernel/",
    may: [],
    door: "the kernel knows nobody: pass what it needs as a value or a Program",
  },
  {
    name: "lib",
    at: "sandbox/lib/",
    may: ["kernel"],
    packages: ["@noble/hashes", "fflate"],
    door: "a library gets what it needs as arguments",
  },
  {
    name: "shell",
    at: "sandbox/shell/",
    may: ["kernel", "lib"],
    door: "the shell runs programs by sys.spawn from the exec table",
  },
  {
    name: "commands",
    at: "sandbox/commands/",
    may: ["kernel", "lib"],
    door: "a command reaches daemons through sockets, files and signals; shared code belongs into sandbox/lib",
  },
  {
    name: "systemctl",
    at: "sandbox/commands/systemctl",
    may: ["kernel", "lib", "commands", "systemd"],
    door: "systemctl asks PID 1 over /run/systemd/private",
  },
  {
    name: "journalctl",
    at: "sandbox/commands/journalctl",
    may: ["kernel", "lib", "commands", "systemd"],
    door: "journalctl reads the files below /var/log/journal",
  },
  {
    name: "registry",
    at: "sandbox/commands/index.ts",
    may: ["kernel", "lib", "commands", "systemctl", "journalctl"],
    door: "the registry names commands",
  },
  { name: "systemd", at: "sandbox/systemd/", may: ["kernel", "lib"], door: "PID 1 starts programs by sys.spawn" },
  { name: "sshd", at: "sandbox/sshd/", may: ["kernel", "lib"], door: "sshd starts shells by sys.spawn" },
  {
    name: "kubelet",
    at: "sandbox/kubelet/",
    may: ["kernel", "lib"],
    door: "the kubelet asks the API server and the runtime over sockets",
  },
  {
    name: "cluster",
    at: "sandbox/cluster/",
    may: ["kernel", "lib"],
    door: "the API server asks the kubelet over a socket",
  },
  {
    name: "containerd",
    at: "sandbox/containerd/",
    may: ["kernel", "lib"],
    door: "the kubelet and crictl ask the runtime over its socket",
  },
  { name: "images", at: "sandbox/images/", may: ["kernel", "lib"], door: "a start disk is data" },
  { name: "scene", at: "sandbox/scene.ts", may: [], door: "a scene is data" },
  { name: "login", at: "sandbox/login.ts", may: ["kernel", "lib"], door: "accounts are read from /etc/passwd" },
  {
    name: "programs",
    at: "sandbox/programs.ts",
    may: ["registry", ...machineParts],
    door: "the exec table names programs; whoever runs one goes through exec",
  },
  {
    name: "machine",
    at: "sandbox/machine",
    may: machineParts,
    door: "the machine is put together from its parts; host and grader stand above it",
  },
  {
    name: "fleet",
    at: "sandbox/fleet",
    may: ["machine", "programs", "login", ...machineParts],
    door: "host and grader stand above the fleet",
  },
  {
    name: "boot",
    at: "sandbox/images/index.ts",
    may: ["fleet", "machine", "programs", "scene", "login", ...machineParts],
    door: "booting puts a fleet together; it judges nothing",
  },
  {
    name: "grader",
    at: "sandbox/grader/",
    may: ["machine", "fleet", "kernel", "lib", "systemd", "kubelet", "types:cluster"],
    door: "the grader asks the machine; of the parts it uses how systemd and the kubelet read their files",
  },
  {
    name: "protocol",
    at: "sandbox/protocol",
    may: ["types:grader", "types:kernel", "types:lib", "types:fleet", "types:machine", "types:kubelet", "types:scene"],
    door: "the protocol is types",
  },
  {
    name: "host",
    at: "sandbox/host/",
    may: ["machine", "fleet", "grader", "protocol", "kernel", "boot", "programs", "scene", "login", "lib"],
    door: "the host speaks the protocol and drives the fleet; parts' insides are the machine's business",
  },
  {
    name: "sandbox",
    at: "sandbox/",
    may: ["machine", "fleet", "grader", "protocol", "host", "boot", "programs", "scene", "types:kernel"],
    door: "sandbox/index.ts is the one door",
  },
  {
    name: "lessons",
    at: "lessons/",
    may: sandboxTypes,
    door: "a lesson is prose and data: types from #sandbox, builders from lessons/_kit",
  },
  {
    name: "cli",
    at: "src/cli/",
    may: [
      "host",
      "protocol",
      "sandbox",
      "fleet",
      "boot",
      "programs",
      "lessons",
      "theme",
      "oracle",
      "hub",
      "presets",
      "types:offline",
      ...sandboxTypes,
    ],
    packages: ["esbuild", "fflate", "vitest", "playwright-core", "axe-core", "@xterm/", "yaml"],
    door: "command-line tools use the sandbox through sandbox/host and the protocol",
  },
  {
    name: "oracle",
    at: "src/cli/oracle",
    may: [
      "cli",
      "host",
      "sandbox",
      "fleet",
      "boot",
      "programs",
      "scene",
      "login",
      "machine",
      "registry",
      ...machineParts,
    ],
    packages: ["yaml"],
    door: "replaying drives machines; judging lessons is the grader's",
  },
  {
    name: "generators",
    at: "src/cli/make-",
    may: ["cli", "kernel", "lib"],
    door: "a generator writes a table of the sandbox",
  },
  {
    name: "theme",
    at: "src/theme/",
    may: [],
    packages: sitePackages,
    door: "the theme is set before anything else runs",
  },
  {
    name: "hub",
    at: "src/hub/",
    may: [],
    packages: ["typebox", "fastify", "@fastify/", "pg", "prom-client"],
    door: "the hub keeps and hands on data: it knows no page and no machine, and gets the site to serve as an argument",
  },
  {
    name: "offline",
    at: "src/offline/",
    may: [],
    packages: ["workbox-"],
    door: "the service worker knows files by the list the build gives it",
  },
  {
    name: "client",
    at: "src/machine/",
    may: ["site", "host", ...sandboxTypes],
    packages: sitePackages,
    door: "the page reaches the machine by messages: only the worker's URL may name sandbox code",
  },
  {
    name: "reference",
    at: "src/course/reference/",
    may: ["site", "lessons", "kubelet", "commands", "cluster", ...sandboxTypes, "grader"],
    door: "the reference reads the sandbox's tables at build time; nothing of it runs on a page",
  },
  {
    name: "presets",
    at: "src/course/play/",
    may: ["reference", "lessons", ...sandboxTypes],
    door: "where free play begins is data, written out at build time",
  },
  {
    name: "bridge",
    at: "src/bridge/",
    may: ["site", "client", "types:hub", ...sandboxTypes],
    packages: [...sitePackages, "qr"],
    door: "the bridge asks the hub over HTTP with its types, and machines through src/machine; no page loads it before it is used",
  },
  {
    name: "site",
    at: "src/",
    may: [
      "lessons",
      "client",
      "theme",
      "bridge",
      "reference",
      "types:hub",
      "presets",
      "types:offline",
      ...sandboxTypes,
    ],
    packages: sitePackages,
    door: "pages and islands talk through src/machine/client.ts; sandbox code runs in the worker",
  },
  { name: "test", at: "test/", may: ["*"], packages: ["*"], door: "" },
];

/** What the sandbox must not touch, beyond what its tsconfig already hides. */
const bans: readonly { readonly pattern: RegExp; readonly instead: string; readonly except?: RegExp }[] = [
  { pattern: /\bDate\.now\b/, instead: "sys.now()" },
  { pattern: /\bnew Date\(\s*\)|\bDate\(\s*\)/, instead: "new Date(sys.now())" },
  { pattern: /\bMath\.random\b/, instead: "sys.random(n)" },
  {
    pattern: /\b(?:new )?RegExp\(/,
    instead: "sandbox/lib/regex for a pattern from the learner; else write `// fixed pattern` beside it",
  },
  { pattern: /^(?:export )?let\b/m, instead: "sys.kept or an argument: two machines must run side by side" },
];

interface Import {
  readonly path: string;
  readonly typeOnly: boolean;
}

/** Comments and the inside of template strings hold no imports, and examples in them are not uses. */
const withoutComments = (text: string) =>
  text.replace(/^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, " "));

function findImports(text: string): Import[] {
  const found: Import[] = [];
  const plain = withoutComments(text);
  for (const match of plain.matchAll(/^\s*(?:import|export)\s+(type\s)?([^"';]*?\sfrom\s*)?["']([^"'\n]+)["']/gm)) {
    const names =
      /\{([\s\S]*)\}/
        .exec(match[2] ?? "")?.[1]
        ?.split(",")
        .filter((name) => name.trim() !== "") ?? [];
    const typeOnly =
      match[1] !== undefined || (names.length > 0 && names.every((name) => name.trim().startsWith("type ")));
    found.push({ path: match[3] ?? "", typeOnly });
  }
  for (const match of plain.matchAll(
    /\bimport\(\s*["']([^"'\n]+)["']|new URL\(\s*["']([^"'\n]+)["']\s*,\s*import\.meta\.url/g,
  )) {
    found.push({ path: match[1] ?? match[2] ?? "", typeOnly: false });
  }
  return found;
}

/** Path in the repository that an import means; undefined for a package. */
function resolveImport(from: string, path: string): string | undefined {
  if (path.startsWith(".")) return posix.normalize(posix.join(posix.dirname(from), path));
  if (path === "#sandbox") return "sandbox/index.ts";
  if (path.startsWith("#")) return path.slice(1);
  return undefined;
}

function findPart(file: string): Part | undefined {
  return parts.filter((part) => file.startsWith(part.at)).sort((a, b) => b.at.length - a.at.length)[0];
}

/** Why `from` may not import `path`; undefined where it may. */
function judgeImport(from: string, { path, typeOnly }: Import): string | undefined {
  const part = findPart(from);
  if (part === undefined || part.may.includes("*")) return undefined;
  const target = resolveImport(from, path);
  if (target === undefined) {
    if (/^(node:|virtual:|astro:)/.test(path))
      return part.at.startsWith("sandbox/") ? `${from} imports ${path}: ${part.door}` : undefined;
    const allowed = part.packages?.some(
      (name) => path === name || path.startsWith(name.endsWith("/") ? name : `${name}`),
    );
    return allowed
      ? undefined
      : `${from} imports the package ${path}: ${part.name} may use ${part.packages?.join(", ") ?? "none"}`;
  }
  const other = findPart(target);
  if (other === undefined || other.name === part.name) return undefined;
  // A command imports no other command's insides; systemctl and journalctl are commands, too.
  const allowed = part.may.includes(other.name) || (typeOnly && part.may.includes(`types:${other.name}`));
  return allowed ? undefined : `${from} imports ${path} (${other.name}): ${part.door}`;
}

function findBanned(file: string, text: string): string[] {
  const plain = withoutComments(text).split("\n");
  const lines = text.split("\n");
  return plain.flatMap((line, index) => {
    const excused =
      `${lines[index]}${lines[index - 1] ?? ""}`.includes("fixed pattern") || file.startsWith("sandbox/lib/regex");
    return bans
      .filter((ban) => ban.pattern.test(line) && !(excused && ban.pattern.source.includes("RegExp")))
      .map((ban) => `${file}:${index + 1}: ${line.trim()}: use ${ban.instead}`);
  });
}

const root = join(import.meta.dirname, "..");

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(root, path)).isDirectory() ? listFiles(path) : [path];
  });
}

const files = ["sandbox", "lessons", "src", "test"]
  .flatMap(listFiles)
  .filter((file) => /\.(ts|astro|mdx)$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

describe("architecture", () => {
  test("every import follows an allowed arrow", () => {
    const wrong = files.flatMap(({ file, text }) => {
      const script = file.endsWith(".astro")
        ? (text.split("---")[1] ?? "") + [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join("\n")
        : text;
      return findImports(script).flatMap((found) => judgeImport(file, found) ?? []);
    });
    expect(wrong).toEqual([]);
  });

  test("the sandbox uses no clock, chance or regular expression of the host, and keeps no state in modules", () => {
    const sandbox = files.filter(({ file }) => file.startsWith("sandbox/") && !file.endsWith(".d.ts"));
    expect(sandbox.length).toBeGreaterThan(0);
    expect(sandbox.flatMap(({ file, text }) => findBanned(file, text))).toEqual([]);
  });

  test("imports without their extension are not missed", () => {
    const bare = files.flatMap(({ file, text }) =>
      file.endsWith(".ts")
        ? findImports(text)
            .filter(({ path }) => path.startsWith(".") && !/\.\w+(\?\w+)?$/.test(path))
            .map(({ path }) => `${file}: ${path}`)
        : [],
    );
    expect(bare).toEqual([]);
  });
});

describe("the keeper itself", () => {
  const judge = (from: string, line: string) => findImports(line).map((found) => judgeImport(from, found));

  test.each([
    ["sandbox/kernel/fs/inode.ts", 'import { wc } from "../../commands/wc.ts";'],
    ["sandbox/kubelet/auth.ts", 'import { review } from "../cluster/review.ts";'],
    ["sandbox/commands/curl/index.ts", 'const k = await import("../../kubelet/index.ts");'],
    ["sandbox/shell/run.ts", 'import { readFile } from "node:fs";'],
    ["sandbox/kernel/tty.ts", 'import { parse } from "yaml";'],
    ["lessons/30-a/050-b/checks.ts", 'import { grade } from "#sandbox/grader/grade.ts";'],
    ["src/islands/terminal/terminal.ts", 'import { createFleet } from "#sandbox";'],
  ])("%s may not: %s", (from, line) => {
    expect(judge(from, line)).toEqual([expect.stringContaining(from)]);
  });

  test.each([
    ["sandbox/commands/systemctl/index.ts", 'import type { Ask } from "../../systemd/protocol.ts";'],
    ["src/islands/terminal/terminal.ts", 'import type { FromMachine } from "#sandbox/protocol.ts";'],
    ["lessons/30-a/050-b/checks.ts", 'import { type Check } from "#sandbox";'],
  ])("%s may: %s", (from, line) => {
    expect(judge(from, line)).toEqual([undefined]);
  });

  test.each([
    ["const now = Date.now();", 1],
    ["const day = new Date(0);", 0],
    ["let counter = 0;", 1],
    ["  let counter = 0;", 0],
    ["const pattern = new RegExp(text);", 1],
    ["// never Date.now()", 0],
  ])("%s has %i findings", (line, count) => {
    expect(findBanned("sandbox/kernel/x.ts", line)).toHaveLength(count);
  });
});
