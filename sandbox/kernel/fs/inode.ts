// What a file is on disk, and who may touch it.

import type { FileType } from "../sys.ts";

/** An inode. Plain data; changed only through `Fs.own`, which copies it first where a fork may share it. */
export interface Inode {
  readonly ino: number;
  readonly type: FileType;
  /** Number of the file system (mount) it lives on. */
  readonly dev: number;
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  /** Places besides its own where it is mounted (bind mounts): they keep it alive and count as no link. */
  binds?: number;
  atime: number;
  mtime: number;
  ctime: number;
  btime: number;
  /** Grows with every change of content. */
  version: number;
  /** The state epoch that owns this object: another epoch must copy before it writes. */
  epoch: number;
  /** Regular files: bytes, of which the first `size` count. `shared` bytes are copied before the first write. */
  data?: Uint8Array;
  size: number;
  shared?: boolean;
  /** Directories: name → inode number, in order of creation. */
  entries?: Map<string, number>;
  target?: string;
  rdev?: readonly [number, number];
  /** A folder served by code (procfs, sysfs) instead of by entries. */
  virtual?: "proc" | "sys";
  /** FIFOs: the stream behind them while open. */
  stream?: number;
}

/** Who asks: effective ids as the file system checks them. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Root folder of a process after chroot; absolute paths and links start there. */
  readonly root?: string;
}

export const ROOT: Credentials = Object.freeze({ uid: 0, gid: 0, groups: Object.freeze([0]) });

const BITS = { r: 4, w: 2, x: 1 } as const;

/** Whether the asker has all of the wanted rights ("r", "rw", "x" …), by owner, group or others; root by its capabilities. */
export function permits(inode: Inode, who: Credentials, want: string): boolean {
  let bits = 0;
  for (const letter of want) bits |= BITS[letter as keyof typeof BITS] ?? 0;
  if (who.uid === 0) return (bits & 1) === 0 || inode.type === "directory" || (inode.mode & 0o111) !== 0;
  const shift = inode.uid === who.uid ? 6 : inode.gid === who.gid || who.groups.includes(inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & bits) === bits;
}
