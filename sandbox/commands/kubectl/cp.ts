// kubectl cp: files and folders to and from containers, as archives that the container's own tar packs and unpacks.

import { isErrno } from "../../kernel/errno.ts";
import type { Stat, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { endOfArchive, type Member, readArchive, writeMember } from "../../lib/tar.ts";
import { ERROR, finish, openChannels, STDERR, STDIN, STDOUT } from "./channels.ts";
import { checkPhase, streamPath } from "./exec.ts";
import type { Kube } from "./kube.ts";
import { containerOf } from "./pods.ts";
import { Fail, type Obj, q } from "./values.ts";

export const COPY_FLAGS = "container:c= no-preserve! retries#0";

/** `[[NAMESPACE/]POD:]PATH`. */
interface FileSpec {
  /** Empty: a file of this machine. */
  readonly pod: string;
  readonly namespace: string;
  readonly path: string;
}

function readSpec(kube: Kube, text: string): FileSpec {
  const colon = text.indexOf(":");
  if (colon < 0) return { pod: "", namespace: "", path: text };
  const words = text.slice(0, colon).split("/");
  if (colon === 0 || words.length > 2)
    throw new Fail("filespec must match the canonical format: [[namespace/]pod:]file/path");
  const [namespace = kube.namespace, pod = ""] = words.length === 2 ? words : [undefined, words[0]];
  return { pod, namespace, path: text.slice(colon + 1) };
}

/** Go's path.Base and path.Dir. */
const baseOf = (path: string): string => path.replace(/\/+$/, "").replace(/^.*\//, "") || "/";
const folderOf = (path: string): string => {
  const at = path.replace(/\/+$/, "").lastIndexOf("/");
  return at < 0 ? "." : path.slice(0, at) || "/";
};

/** What a command's output is for, by channel. */
type Hear = (channel: number, data: Uint8Array) => Task;

/** Runs a command in a pod's container and hands on what it prints; the runtime's last word, if there was one. */
function* runThere(
  kube: Kube,
  { namespace, pod: name }: FileSpec,
  command: readonly string[],
  hear: Hear,
  input?: Uint8Array,
): Task<Uint8Array | undefined> {
  const client = yield* kube.client();
  const pod: Obj = (yield* client.call({ path: `/api/v1/namespaces/${namespace}/pods/${name}` })).body;
  checkPhase(pod);
  const container = yield* containerOf(pod, kube.flags.text("container"), (text) => hear(STDERR, encode(text)));
  const stdin = input !== undefined;
  const channels = yield* openChannels(kube, streamPath({ pod, container, verb: "exec", command, stdin, tty: false }));
  try {
    if (input !== undefined) {
      yield* channels.write(STDIN, input);
      yield* channels.end(STDIN);
    }
    for (;;) {
      const message = yield* channels.read();
      if (message === undefined || message.channel === ERROR) return message?.data;
      yield* hear(message.channel, message.data);
    }
  } finally {
    yield* channels.stream.close();
  }
}

/** Whether the path is a folder there; where nobody can say, it is taken for none. */
function* isFolderThere(kube: Kube, place: FileSpec): Task<boolean> {
  try {
    const ended = yield* runThere(kube, place, ["test", "-d", place.path], function* () {});
    return ended === undefined || JSON.parse(decode(ended)).status === "Success";
  } catch {
    return false;
  }
}

/** A file, a link, or a folder with all that is in it, under a name in the archive. */
function pack(kube: Kube, path: string, name: string): Uint8Array[] {
  const { sys } = kube;
  const stat = sys.lstat(path);
  if (isErrno(stat)) throw new Fail(`lstat ${path}: ${stat.text.toLowerCase()}`);
  const entries = stat.type === "directory" ? sys.readdir(path) : [];
  if (isErrno(entries)) throw new Fail(`open ${path}: ${entries.text.toLowerCase()}`);
  const names = entries.map((entry) => entry.name).sort();
  if (names.length > 0) return names.flatMap((one) => pack(kube, `${path}/${one}`, `${name}/${one}`));
  const target = stat.type === "symlink" ? sys.readlink(path) : "";
  const data = stat.type === "file" ? sys.readFile(path) : new Uint8Array(0);
  if (isErrno(data)) throw new Fail(`open ${path}: ${data.text.toLowerCase()}`);
  return [writeMember(memberOf(stat, name, isErrno(target) ? "" : target, data))];
}

const memberOf = (stat: Stat, name: string, target: string, data: Uint8Array): Member => ({
  name,
  type: stat.type === "directory" || stat.type === "symlink" ? stat.type : "file",
  mode: stat.mode & 0o7777,
  uid: stat.uid,
  gid: stat.gid,
  user: "",
  group: "",
  mtime: Math.floor(stat.mtime / 1000),
  target,
  data,
});

function* copyTo(kube: Kube, from: string, to: FileSpec): Task<number> {
  if (isErrno(kube.sys.stat(from))) throw new Fail(`${from} doesn't exist in local filesystem`);
  const path = (yield* isFolderThere(kube, to)) ? `${to.path.replace(/\/$/, "")}/${baseOf(from)}` : to.path;
  const parts = pack(kube, from.replace(/(.)\/$/, "$1"), baseOf(path));
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const keep = kube.flags.on("no-preserve") ? ["--no-same-permissions", "--no-same-owner"] : [];
  const ended = yield* runThere(
    kube,
    to,
    ["tar", ...keep, "-xmf", "-", "-C", folderOf(path)],
    function* (channel, data) {
      yield* kube.sys.write(channel, data);
    },
    concat([...parts, endOfArchive(size)]),
  );
  return ended === undefined ? 0 : yield* finish(kube, ended);
}

/** Makes the folders above a path, too. */
function makeFolder(kube: Kube, path: string): void {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count++) {
    const part = parts.slice(0, count).join("/");
    const failed = part === "" || part === "." ? undefined : kube.sys.mkdir(part, 0o755);
    if (failed !== undefined && failed.code !== "EEXIST") throw new Fail(`mkdir ${part}: ${failed.text.toLowerCase()}`);
  }
}

/** A path below the root, without what would lead out of it. */
function inside(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Lays the members down below `to`; the name they were asked for by becomes `to` itself. */
function* unpack(kube: Kube, from: FileSpec, to: string, members: readonly Member[]): Task<void> {
  const prefix = inside(from.path);
  let warned = false;
  for (const { name, type, target, data } of members) {
    if (!name.startsWith(prefix)) throw new Fail("tar contents corrupted");
    const rest = inside(name.slice(prefix.length));
    const path = rest === "" ? to : `${to}/${rest}`;
    makeFolder(kube, type === "directory" ? path : folderOf(path));
    if (type === "directory") continue;
    if (type === "symlink") {
      const hint = ` (consider using "kubectl exec -n ${q(from.namespace)} ${q(from.pod)} -- tar cf - ${q(from.path)} | tar xf -")`;
      yield* kube.err(`warning: skipping symlink: ${q(path)} -> ${q(target)}${warned ? "" : hint}\n`);
      warned = true;
      continue;
    }
    const failed = kube.sys.writeFile(path, data);
    if (failed !== undefined) throw new Fail(`open ${path}: ${failed.text.toLowerCase()}`);
  }
}

function* copyFrom(kube: Kube, from: FileSpec, to: string): Task<number> {
  const parts: Uint8Array[] = [];
  // What tar says of its work is passed on as output, not as an error.
  const ended = yield* runThere(
    kube,
    from,
    ["tar", "cf", "-", from.path.replace(/(.)\/$/, "$1")],
    function* (channel, data) {
      if (channel === STDOUT) parts.push(data);
      else if (channel === STDERR) yield* kube.sys.write(STDOUT, data);
    },
  );
  const code = ended === undefined ? 0 : yield* finish(kube, ended);
  if (code !== 0) return code;
  yield* unpack(kube, from, to.replace(/(.)\/$/, "$1"), readArchive(concat(parts)).members);
  return 0;
}

export function* copy(kube: Kube): Task<number> {
  if (kube.args.length !== 2) throw new Fail("source and destination are required");
  const [from, to] = kube.args.map((text) => readSpec(kube, text)) as [FileSpec, FileSpec];
  if (from.pod !== "" && to.pod !== "") throw new Fail("one of src or dest must be a local file specification");
  if (from.path === "" || to.path === "") throw new Fail("filepath can not be empty");
  if (from.pod !== "") return yield* copyFrom(kube, from, to.path);
  if (to.pod !== "") return yield* copyTo(kube, from.path, to);
  throw new Fail("one of src or dest must be a remote file specification");
}
