// What code below a folder of /proc or /sys answers instead of the disk.

import type { Errno } from "../errno.ts";
import type { FileType } from "../sys.ts";
import type { Credentials, Inode } from "./inode.ts";

/** A link of /proc: everybody may see it, not everybody may follow it. */
export interface VirtualLink {
  readonly link: string | Errno;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What is below a `virtual` folder: asked with the rest of the path, which begins with `sys:` below /sys. */
export interface VirtualFs {
  lookup(path: readonly string[], who: Credentials): Inode | Errno | VirtualLink;
  read(inode: Inode): string;
  list(inode: Inode): readonly { name: string; type: FileType; ino: number }[];
}
