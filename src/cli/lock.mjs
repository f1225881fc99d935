// Keeps package-lock.json complete: optional platform packages that the registry did not offer where the lock was made get an entry.
// Without one, `npm ci` refuses to install ("Missing: … from lock file") even on platforms that never need the package.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = {
  arm: "arm",
  arm64: "arm64",
  eabi: "arm",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
};
const libraries = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** @typedef {{ version?: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[], libc?: string[], resolved?: string, optionalDependencies?: Record<string, string>, dependencies?: Record<string, string> }} LockEntry */
/** @typedef {{ packages: Record<string, LockEntry> }} Lock */

/**
 * The key under which a package sees `name`, as Node resolves it; undefined where the lock has none.
 * @param {Lock} lock
 * @param {string} from
 * @param {string} name
 */
function findEntry(lock, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const key = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (lock.packages[key] !== undefined) return key;
    if (folder === "") return undefined;
  }
}

/**
 * Dependencies named in the lock without an entry of their own.
 * @param {Lock} lock
 */
export function findMissing(lock) {
  const missing = [];
  for (const [from, entry] of Object.entries(lock.packages)) {
    for (const kind of /** @type {const} */ (["dependencies", "optionalDependencies"])) {
      for (const [name, range] of Object.entries(entry[kind] ?? {})) {
        const optional = entry.optionalDependencies?.[name] !== undefined;
        if (findEntry(lock, from, name) === undefined)
          missing.push({ from, name, range, optional, dev: entry.dev === true });
      }
    }
  }
  return missing;
}

/**
 * Entry for a platform package, its conditions read from its name (`…-linux-arm64-musl`).
 * @param {string} name
 * @param {string} version
 * @param {boolean} dev
 * @returns {LockEntry}
 */
function describePlatform(name, version, dev) {
  const words = name.slice(name.lastIndexOf("/") + 1).split("-");
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.flatMap((word) => processors[/** @type {keyof typeof processors} */ (word)] ?? []);
  const libc = words.flatMap((word) => libraries[/** @type {keyof typeof libraries} */ (word)] ?? []);
  if (cpu.length === 0)
    throw new Error(`${name}: no processor in the name; write its entry in package-lock.json by hand`);
  return {
    version,
    cpu: [...new Set(cpu)],
    ...(dev ? { dev } : {}),
    ...(libc.length > 0 ? { libc: [...new Set(libc)] } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

/**
 * Adds the missing entries; answers their names.
 * @param {Lock} lock
 */
export function completeLock(lock) {
  const added = [];
  for (const { name, range, optional, dev } of findMissing(lock)) {
    if (!optional) throw new Error(`${name} is needed and has no entry: run npm install`);
    lock.packages[`node_modules/${name}`] ??= describePlatform(name, range, dev);
    added.push(name);
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return added;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const added = completeLock(lock);
  writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length === 0 ? "package-lock.json is complete" : `package-lock.json: added ${added.join(", ")}`);
}
