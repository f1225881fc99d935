// A class exam that is being sat listens to the room that set it: the instructor may end it for everyone, and may take that back.

import type { Issued } from "../../exam/attempt.ts";
import type { RoomView } from "../../hub/api/index.ts";
import { createMember } from "./member.ts";
import { readMembership } from "./membership.ts";

/** Whether the room no longer holds this exam. A room that has ended says nothing of it: what is begun may be finished on this device. */
export function isEnded({ act }: Issued, room: RoomView): boolean {
  return room.ended === undefined && room.exam?.act !== act;
}

/** Tells whether the exam was ended, now and whenever that changes; says nothing where this browser is not in that room. */
export function followExam(issued: Issued, onEnded: (ended: boolean) => void): void {
  const membership = readMembership();
  if (membership?.room !== issued.room) return;
  const member = createMember(membership);
  let known = false;
  member.$state.watch(({ room }) => {
    const ended = room !== undefined && isEnded(issued, room);
    if (ended !== known) onEnded(ended);
    known = ended;
  });
  addEventListener("pagehide", () => member.stop());
}
