// How a path is followed: names, dots, symbolic links, and what code serves below /proc and /sys. It changes nothing.

import { type Errno, errno, isErrno } from "../errno.ts";
import { hashText } from "../hash.ts";
import type { Fs } from "./fs.ts";
import { type Credentials, type Inode, permits } from "./inode.ts";
import { join, keepNames } from "./path.ts";
import type { VirtualLink } from "./virtual.ts";

/** The last name of a path and the folder that holds (or would hold) it. */
export interface Place {
  readonly parent: Inode;
  readonly parentPath: string;
  readonly name: string;
  readonly inode: Inode | undefined;
}

/** One walk: who asks, whether a link at the end is followed, and how many were by now. */
interface Walk {
  readonly fs: Fs;
  readonly who: Credentials;
  readonly follow: boolean;
  links: number;
}

const MAX_LINKS = 40;

const ROOT_INO = 2;

const SLASH = 47;

/** Longest name of a file (NAME_MAX). */
export const NAME_MAX = 255;

/** The place that a path names; the last name need not exist. */
export function findPlace(fs: Fs, path: string, cwd: string, who: Credentials, follow: boolean): Place | Errno {
  return walkOn({ fs, who, follow, links: 0 }, path, cwd);
}

function walkOn(walk: Walk, path: string, cwd: string): Place | Errno {
  if (path === "") return errno("ENOENT");
  if (path.includes("\0")) return errno("EINVAL");
  const { fs, who } = walk;
  const root = who.root === undefined || who.root === "/" ? "" : who.root;
  const plain = root === "" && who.uid === 0 ? plainPlace(fs, path, walk.follow) : undefined;
  if (plain !== undefined) return plain;
  const parts = (path.startsWith("/") ? `${root}${path}` : `${cwd}/${path}`).split("/");
  keepNames(parts);
  const mustBeDirectory = path !== "/" && (path.endsWith("/") || path.endsWith("/.") || path === ".");
  let inode = fs.get(ROOT_INO);
  let parent = inode;
  let here = "";
  const trail: Inode[] = [];
  for (let i = 0; i < parts.length; i++) {
    const name = parts[i] as string;
    const last = i === parts.length - 1;
    if (inode.type !== "directory") return errno("ENOTDIR");
    // Root enters every folder.
    if (who.uid !== 0 && !permits(inode, who, "x")) return errno("EACCES");
    if (name.length > NAME_MAX) return errno("ENAMETOOLONG");
    if (name === "..") {
      if (root !== "" && here === root) continue;
      inode = trail.pop() ?? fs.get(ROOT_INO);
      here = here.slice(0, Math.max(here.lastIndexOf("/"), 0));
      parent = trail.at(-1) ?? fs.get(ROOT_INO);
      continue;
    }
    if (inode.virtual) return virtualPlace(walk, inode, here, parts.slice(i), mustBeDirectory);
    parent = inode;
    const parentPath = here || "/";
    const ino = inode.entries?.get(name);
    if (ino === undefined) return last ? { parent, parentPath, name, inode: undefined } : errno("ENOENT");
    const next = fs.get(ino);
    if (next.type === "symlink" && (!last || walk.follow || mustBeDirectory)) {
      const rest = parts.slice(i + 1).join("/");
      const target = next.target ?? "";
      const onward = rest === "" ? target : `${target}/${rest}`;
      return followLink(walk, mustBeDirectory ? `${onward}/` : onward, parentPath);
    }
    if (last) {
      if (mustBeDirectory && next.type !== "directory") return errno("ENOTDIR");
      return { parent, parentPath, name, inode: next };
    }
    trail.push(inode);
    inode = next;
    here = `${here}/${name}`;
  }
  // The path was "/", or ended in "..": its own place is its parent's entry.
  const slash = here.lastIndexOf("/");
  return { parent, parentPath: slash <= 0 ? "/" : here.slice(0, slash), name: here.slice(slash + 1), inode };
}

function followLink(walk: Walk, onward: string, from: string): Place | Errno {
  if (walk.links >= MAX_LINKS) return errno("ELOOP");
  walk.links += 1;
  return walkOn(walk, onward, from);
}

/** What most paths are: absolute, without dots and links, and asked for by root. Undefined where it is another, or leads nowhere. */
function plainPlace(fs: Fs, path: string, follow: boolean): Place | undefined {
  if (path.charCodeAt(0) !== SLASH) return undefined;
  let folder = fs.get(ROOT_INO);
  for (let from = 1; ; ) {
    const end = path.indexOf("/", from);
    const name = end < 0 ? path.slice(from) : path.slice(from, end);
    if (name === "" || name === "." || name === ".." || folder.virtual) return undefined;
    const ino = folder.entries?.get(name);
    if (ino === undefined) return undefined;
    const next = fs.get(ino);
    if (end < 0) {
      if (follow && next.type === "symlink") return undefined;
      return { parent: folder, parentPath: from === 1 ? "/" : path.slice(0, from - 1), name, inode: next };
    }
    if (next.type !== "directory") return undefined;
    folder = next;
    from = end + 1;
  }
}

/** A place below a folder that code serves; `here` is that folder's own path. */
function virtualPlace(
  walk: Walk,
  root: Inode,
  here: string,
  rest: readonly string[],
  mustBeDirectory: boolean,
): Place | Errno {
  const { fs, who } = walk;
  const resolved: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const name = rest[i] as string;
    if (name === "..") {
      if (resolved.length === 0) return followLink(walk, `${here}/../${rest.slice(i + 1).join("/")}`, "/");
      resolved.pop();
      continue;
    }
    resolved.push(name);
    const last = i === rest.length - 1;
    const found = fs.proc()?.lookup(root.virtual === "sys" ? ["sys:", ...resolved] : resolved, who) ?? errno("ENOENT");
    if (isErrno(found)) return found;
    const parentPath = join(here, ...resolved.slice(0, -1));
    if ("link" in found) {
      if (last && !walk.follow && !mustBeDirectory)
        return { parent: root, parentPath, name, inode: inodeOfLink(found, resolved, fs.now()) };
      if (isErrno(found.link)) return found.link;
      return followLink(walk, [found.link, ...rest.slice(i + 1)].join("/"), parentPath);
    }
    if (last) return { parent: root, parentPath, name, inode: found };
    if (found.type !== "directory") return errno("ENOTDIR");
  }
  return { parent: root, parentPath: "/", name: here.slice(1), inode: root };
}

function inodeOfLink({ link, mode, uid, gid }: VirtualLink, path: readonly string[], now: number): Inode {
  return {
    ino: 0x40000000 + (hashText(path.join("/")) & 0xffffff),
    type: "symlink",
    dev: 20,
    mode,
    uid,
    gid,
    nlink: 1,
    atime: now,
    mtime: now,
    ctime: now,
    btime: now,
    version: 0,
    epoch: 0,
    size: 0,
    ...(isErrno(link) ? {} : { target: link }),
  };
}
