// loginctl: sessions, users and seats, as the control groups of processes tell them.

import type { Sys } from "../../kernel/sys.ts";
import { findUser } from "../../lib/users.ts";
import type { Output } from "../../systemd/client/output.ts";
import { properties, readText, tool } from "./small-tool.ts";

/** Sessions by their scopes: id, uid, user, terminal. */
function sessions(sys: Sys): { id: string; uid: number; tty: string; leader: number }[] {
  const found = new Map<string, { id: string; uid: number; tty: string; leader: number }>();
  for (const process of sys.processes()) {
    const match = /\/session-([^./]+)\.scope/.exec(process.cgroup);
    if (match !== null && !found.has(match[1] as string)) {
      found.set(match[1] as string, {
        id: match[1] as string,
        uid: process.uid,
        tty: process.tty ?? "-",
        leader: process.pid,
      });
    }
  }
  return [...found.values()];
}

function noSession(out: Output, failed: string, id: string): number {
  out.error(`${failed}: No session '${id}' known`);
  return 1;
}

/** terminate-session and kill-session: SIGTERM to all that runs in it. */
function endSessions(sys: Sys, out: Output, words: readonly string[]): number {
  if (words.length === 0) {
    out.error("Too few arguments.");
    return 1;
  }
  for (const word of words) {
    if (!sessions(sys).some(({ id }) => id === word)) return noSession(out, "Failed to issue method call", word);
    for (const process of sys.processes())
      if (process.cgroup.includes(`/session-${word}.scope`)) sys.kill(process.pid, "SIGTERM");
  }
  return 0;
}

/** Users by name: who is not there, and who is not logged in. */
function namedUsers(sys: Sys, out: Output, words: readonly string[], absent = false): number {
  for (const word of words) {
    const user = findUser(sys, word);
    if (user === undefined) {
      out.error(`Failed to look up user ${word}: No such process`);
      return 1;
    }
    if (!absent && !sessions(sys).some(({ uid }) => uid === user.uid)) {
      out.error(`Failed to get user: User ID ${user.uid} is not logged in or lingering`);
      return 1;
    }
    if (!absent) out.print(`${user.name} (${user.uid})\n    State: active\n   Linger: no\n`);
  }
  return 0;
}

export const loginctl = tool("loginctl", {
  *"list-sessions"(sys, out, _words, given) {
    const list = sessions(sys);
    const name = (uid: number) =>
      readText(sys, "/etc/passwd")
        .split("\n")
        .find((row) => row.split(":")[2] === String(uid))
        ?.split(":")[0] ?? String(uid);
    if (list.length === 0) {
      if (!given.has("no-legend")) out.print("No sessions.\n");
      return 0;
    }
    out.print("SESSION  UID USER SEAT LEADER CLASS TTY   IDLE SINCE\n");
    for (const { id, uid, tty, leader } of list) {
      out.print(
        `${id.padStart(7)} ${String(uid).padStart(4)} ${name(uid)} -    ${String(leader).padEnd(6)} user  ${tty} no   -    \n`,
      );
    }
    out.print(`\n${list.length} sessions listed.\n`);
    return 0;
  },
  *"show-session"(sys, out, words, given) {
    for (const word of words) {
      const session = sessions(sys).find(({ id }) => id === word);
      if (session === undefined) return noSession(out, `Failed to get path for session '${word}'`, word);
      properties(out, given, [
        ["Id", session.id],
        ["User", String(session.uid)],
        ["TTY", session.tty],
        ["Leader", String(session.leader)],
        ["Type", "tty"],
        ["Class", "user"],
        ["Active", "yes"],
        ["State", "active"],
      ]);
    }
    return 0;
  },
  *"session-status"(sys, out, words) {
    for (const word of words) {
      const session = sessions(sys).find(({ id }) => id === word);
      if (session === undefined) return noSession(out, `Failed to get path for session '${word}'`, word);
      out.print(`${session.id} - ${findUser(sys, session.uid)?.name ?? session.uid} (${session.uid})\n`);
      out.print(`      TTY: ${session.tty}\n   Leader: ${session.leader}\n    State: active\n`);
    }
    return 0;
  },
  *"terminate-session"(sys, out, words) {
    return endSessions(sys, out, words);
  },
  *"kill-session"(sys, out, words) {
    return endSessions(sys, out, words);
  },
  *"user-status"(sys, out, words) {
    return namedUsers(sys, out, words);
  },
  *"show-user"(sys, out, words) {
    return namedUsers(sys, out, words);
  },
  *"enable-linger"(sys, out, words) {
    return namedUsers(sys, out, words, true);
  },
  *"list-seats"(_sys, out, _words, given) {
    out.print(given.has("no-legend") ? "seat0\n" : "SEAT\nseat0\n\n1 seats listed.\n");
    return 0;
  },
  *"list-users"(sys, out) {
    const uids = new Set(sessions(sys).map((session) => session.uid));
    if (uids.size === 0) {
      out.print("No users.\n");
      return 0;
    }
    out.print(" UID USER LINGER STATE \n");
    for (const uid of uids) out.print(`${String(uid).padStart(4)} ${uid === 0 ? "root" : uid} no     active\n`);
    out.print(`\n${uids.size} users listed.\n`);
    return 0;
  },
});
