// Socket units: their doors, and who is started when somebody comes to one (socket.c of PID 1). Loaded when the first one starts.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../kernel/sys.ts";
import { findUser, readGroups } from "../../lib/users.ts";
import { type Definition, settingOf, settingsOf } from "../definition.ts";
import { parseUnitName } from "../unit-name.ts";
import { parseBoolean } from "../values.ts";
import { isJobError, request } from "./jobs.ts";
import { logUnit } from "./log.ts";
import { activeState, isDown, type Manager, type UnitRuntime } from "./state.ts";
import { closeDoors, getUnit, setState, triggeredName } from "./units.ts";

const own = (unit: UnitRuntime, key: string): string | undefined => settingOf(unit.definition, `Socket.${key}`);

/** One connection, one instance of a template. */
const accepts = (unit: UnitRuntime): boolean => parseBoolean(own(unit, "Accept") ?? "no") === true;

function addressOf(text: string): SocketAddress | undefined {
  if (text.startsWith("/")) return { family: "unix", path: text };
  const match = /^(?:\[?([\da-fA-F:.]*?)\]?:)?(\d+)$/.exec(text);
  return match === null ? undefined : { family: "tcp", address: match[1] ?? "", port: Number(match[2]) };
}

/** The file of a door in the file system, with the mode and owner that its settings say. */
function listenOnFile(sys: Sys, unit: UnitRuntime, path: string): number | Errno {
  const mode = (key: string, fallback: number) => Number.parseInt(own(unit, key) ?? fallback.toString(8), 8);
  path
    .split("/")
    .slice(1, -1)
    .reduce((folder, part) => {
      sys.mkdir(`${folder}/${part}`, mode("DirectoryMode", 0o755));
      return `${folder}/${part}`;
    }, "");
  const stale = sys.lstat(path);
  if (!isErrno(stale) && stale.type === "socket") sys.unlink(path);
  const fd = sys.listen({ family: "unix", path });
  if (isErrno(fd)) return fd;
  sys.chmod(path, mode("SocketMode", 0o666));
  const uid = findUser(sys, own(unit, "SocketUser") ?? "root")?.uid ?? 0;
  const gid = readGroups(sys).find(({ name }) => name === own(unit, "SocketGroup"))?.gid ?? 0;
  if (uid + gid > 0) sys.chown(path, uid, gid);
  return fd;
}

/** Opens all doors of a unit, or says why one cannot be had. */
function open(manager: Manager, unit: UnitRuntime): void {
  const { sys } = manager;
  unit.result = "success";
  unit.accepted = 0;
  for (const text of settingsOf(unit.definition, "Socket.ListenStream")) {
    const address = addressOf(text);
    if (address === undefined) continue;
    if (address.family !== "unix") unit.cpu = 1;
    const fd = address.family === "unix" ? listenOnFile(sys, unit, address.path) : sys.listen(address);
    if (isErrno(fd)) {
      // A door of the network is made by a child in the unit's control group, whose reason does not come back.
      const reason = address.family === "unix" ? fd.text : "Input/output error";
      const what = address.family === "unix" ? "create" : "receive";
      const shown = /^\d+$/.test(text) ? `[::]:${text}` : text;
      logUnit(manager, unit, 3, `Failed to ${what} listening socket (${shown}): ${reason}`);
      logUnit(manager, unit, 4, `Failed to listen on sockets: ${reason}`);
      fail(manager, unit, "resources");
      return;
    }
    unit.doors.push(fd);
  }
  listen(manager, unit);
}

/** Waits for whoever comes. */
function listen(manager: Manager, unit: UnitRuntime): void {
  for (const fd of unit.doors) manager.sys.watch(fd);
  setState(manager, unit, "listening");
}

/** Leaves the doors to the service. */
function leave(manager: Manager, unit: UnitRuntime): void {
  for (const fd of unit.doors) manager.sys.watch(fd, false);
  if (unit.sub !== "running") setState(manager, unit, "running");
}

/** What has come to an end by a fault. */
export function fail(manager: Manager, unit: UnitRuntime, result: string): void {
  unit.result = result;
  logUnit(manager, unit, 4, `Failed with result '${result}'.`);
  closeDoors(manager, unit);
  setState(manager, unit, "failed");
}

/** A socket unit starts, or the service behind it began or ended. */
export function socketRang(manager: Manager, unit: UnitRuntime): void {
  if (isDown(activeState(unit))) {
    if (unit.job !== undefined) open(manager, unit);
    return;
  }
  if (accepts(unit)) return;
  const service = getUnit(manager, triggeredName(unit.definition));
  if (!isDown(activeState(service))) leave(manager, unit);
  else if (service.result === "start-limit-hit") fail(manager, unit, "service-start-limit-hit");
  else if (unit.sub === "running") listen(manager, unit);
}

/** Somebody is at a door whose service takes its callers itself; false where each is to have an instance. */
export function knocked(manager: Manager, unit: UnitRuntime): boolean {
  if (accepts(unit)) return false;
  const name = triggeredName(unit.definition);
  const started = isDown(activeState(getUnit(manager, name)))
    ? request(manager, { verb: "start", unit: name })
    : undefined;
  if (started !== undefined && isJobError(started)) {
    logUnit(manager, unit, 4, `Failed to queue service startup job: ${started.message}`);
    fail(manager, unit, "resources");
  } else leave(manager, unit);
  return true;
}

/** A caller at a door with Accept=yes: an instance for this connection, named after both ends. */
export function accepted(manager: Manager, unit: UnitRuntime, fd: number): void {
  const { sys } = manager;
  const peer = sys.getpeername(fd);
  const local = sys.getsockname(fd);
  const caller = sys.peerCredentials(fd);
  if (isErrno(peer) || isErrno(local) || isErrno(caller)) {
    sys.close(fd);
    return;
  }
  const at = (address: SocketAddress) => (address.family === "unix" ? "" : `${address.address}:${address.port}`);
  const ends = peer.family === "unix" ? `${caller.pid}-${caller.uid}` : `${at(local)}-${at(peer)}`;
  const who = peer.family === "unix" ? `PID ${caller.pid}/UID ${caller.uid}` : at(peer);
  const instance = getUnit(manager, `${parseUnitName(unit.definition.id).base}@${unit.accepted}-${ends}.service`);
  unit.accepted += 1;
  instance.definition = describe(instance.definition, who);
  instance.caller = { fd, socket: unit.definition.id, ...(peer.family === "unix" ? {} : { peer: at(peer) }) };
  const started = request(manager, { verb: "start", unit: instance.definition.id });
  if (!isJobError(started)) return;
  logUnit(manager, unit, 4, `Failed to queue service startup job: ${started.message}`);
  sys.close(fd);
  fail(manager, unit, "resources");
}

/** The description with whom the connection is from. */
function describe(definition: Definition, who: string): Definition {
  const given = settingOf(definition, "Unit.Description");
  const value = given === undefined ? who : `${given} (${who})`;
  const settings = { ...definition.settings, "Unit.Description": Object.freeze([{ value, file: "", line: 0 }]) };
  return Object.freeze({ ...definition, settings: Object.freeze(settings) });
}
