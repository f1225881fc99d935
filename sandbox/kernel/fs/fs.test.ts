import { describe, expect, it } from "vitest";
import { type Errno, isErrno } from "../errno.ts";
import { emptyFs, Fs } from "./fs.ts";
import { type Credentials, ROOT } from "./inode.ts";

const sailor: Credentials = { uid: 1000, gid: 1000, groups: [1000] };
const code = (value: unknown): unknown => (isErrno(value) ? value.code : value === undefined ? "ok" : "found");

function disk(): Fs {
  const fs = new Fs(emptyFs(0, 1024), () => 1);
  fs.installFolder("/tmp", { mode: 0o1777 });
  fs.installFolder("/home/sailor", { mode: 0o755, uid: 1000, gid: 1000 });
  return fs;
}

function rename(fs: Fs, from: string, to: string, who = ROOT): Errno | undefined {
  const source = fs.place(from, "/", who);
  const target = fs.place(to, "/", who);
  if (isErrno(source)) return source;
  return isErrno(target) ? target : fs.rename(source, target, who);
}

describe("the disk", () => {
  it("follows links, and gives up on a ring of them", () => {
    const fs = disk();
    fs.install("/etc/real", { data: "x" });
    fs.install("/etc/link", { target: "real" });
    fs.install("/loop", { target: "/loop" });
    fs.install("/up", { target: "etc/.." });
    expect(code(fs.walk("/etc/link", "/", ROOT))).toBe("found");
    expect(code(fs.walk("/up/etc/./link", "/", ROOT))).toBe("found");
    expect(code(fs.walk("/loop", "/", ROOT))).toBe("ELOOP");
    expect(code(fs.walk("/etc/real/", "/", ROOT))).toBe("ENOTDIR");
    expect(code(fs.walk("/etc/real/x", "/", ROOT))).toBe("ENOTDIR");
    expect(code(fs.walk("/../../etc", "/", ROOT))).toBe("found");
  });

  it("keeps people out of a sticky folder's files, but not of their own", () => {
    const fs = disk();
    fs.install("/tmp/root-file", { data: "" });
    fs.install("/tmp/own", { data: "", uid: 1000 });
    const remove = (path: string): unknown => {
      const place = fs.place(path, "/", sailor);
      return isErrno(place) ? place.code : code(fs.unlink(place, sailor));
    };
    expect(remove("/tmp/root-file")).toBe("EPERM");
    expect(remove("/tmp/own")).toBe("ok");
  });

  it("moves a folder, but not into itself, not over a full one, not onto a file", () => {
    const fs = disk();
    fs.install("/a/b/file", { data: "x" });
    fs.installFolder("/c");
    fs.install("/full/file", { data: "x" });
    fs.install("/plain", { data: "x" });
    expect(code(rename(fs, "/a", "/a/b/a"))).toBe("EINVAL");
    expect(code(rename(fs, "/a", "/full"))).toBe("ENOTEMPTY");
    expect(code(rename(fs, "/a", "/plain"))).toBe("ENOTDIR");
    expect(code(rename(fs, "/plain", "/a"))).toBe("EISDIR");
    expect(code(rename(fs, "/a", "/c"))).toBe("ok");
    expect(code(fs.walk("/c/b/file", "/", ROOT))).toBe("found");
    expect(fs.get(2).nlink).toBe(
      fs.get(2).entries
        ? 2 + [...(fs.get(2).entries ?? [])].filter(([, ino]) => fs.get(ino).type === "directory").length
        : 0,
    );
  });

  it("counts names, and frees the file with the last one", () => {
    const fs = disk();
    const inode = fs.install("/one", { data: "abc" });
    const used = fs.state.used;
    const place = fs.place("/two", "/", ROOT);
    if (isErrno(place)) throw new Error(place.code);
    expect(code(fs.link(inode, place, ROOT))).toBe("ok");
    for (const path of ["/one", "/two"]) {
      const gone = fs.place(path, "/", ROOT);
      if (!isErrno(gone)) fs.unlink(gone, ROOT);
    }
    expect(fs.state.inodes.has(inode.ino)).toBe(false);
    expect(fs.state.used).toBe(used - 3);
  });

  it("is full when it is full, and has room again after a file went", () => {
    const fs = disk();
    const inode = fs.install("/big", { data: "" });
    expect(code(fs.write(inode, 0, new Uint8Array(1000)))).toBe("ok");
    expect(code(fs.write(fs.get(inode.ino), 1000, new Uint8Array(100)))).toBe("ENOSPC");
    expect(code(fs.truncate(fs.get(inode.ino), 10))).toBe("ok");
    expect(code(fs.write(fs.get(inode.ino), 10, new Uint8Array(100)))).toBe("ok");
  });

  it("reads holes as zeros", () => {
    const fs = disk();
    const inode = fs.install("/sparse", { data: "ab" });
    fs.write(inode, 4, new Uint8Array([7]));
    expect([...fs.read(fs.get(inode.ino), 0, 10)]).toEqual([97, 98, 0, 0, 7]);
    fs.truncate(fs.get(inode.ino), 1);
    fs.truncate(fs.get(inode.ino), 3);
    expect([...fs.read(fs.get(inode.ino), 0, 10)]).toEqual([97, 0, 0]);
  });
});
