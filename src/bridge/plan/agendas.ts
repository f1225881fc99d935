// Agendas of workshops: what happens for how long, with the lessons it uses.

export interface AgendaItem {
  readonly minutes: number;
  readonly title: string;
  /** What the instructor does. */
  readonly does: string;
  /** Lesson of the voyage that is used. */
  readonly lesson?: string;
  readonly kind: "talk" | "lesson" | "break" | "exam";
}

export interface Agenda {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** When it begins, as minutes after midnight. */
  readonly begins: number;
  readonly items: readonly AgendaItem[];
}

const lesson = (id: string, minutes: number, title: string, does: string): AgendaItem => ({
  kind: "lesson",
  lesson: id,
  minutes,
  title,
  does,
});
const pause = (minutes: number, title = "Break"): AgendaItem => ({
  kind: "break",
  minutes,
  title,
  does: "Leave the laboratories open: they keep where everyone is.",
});

export const agendas: readonly Agenda[] = [
  {
    id: "half-day",
    title: "Half a day: a ship that lets nobody in",
    about:
      "Three and a half hours for people who run nodes. They break into an open kubelet, shut it, and keep the API server served.",
    begins: 9 * 60,
    items: [
      {
        kind: "talk",
        minutes: 15,
        title: "Come aboard",
        does: "Join the room by code. Everyone starts the laboratory of lesson 1 and types one command: that is the test of the network.",
      },
      lesson(
        "sign-on/first-watch",
        20,
        "First watch",
        "Present up to the ports, then let them work. Undo and orders are shown here.",
      ),
      lesson(
        "pirates/hail-the-ship",
        25,
        "Hail the ship",
        "Let them attack first and explain afterwards. Ask who expected it to work.",
      ),
      lesson(
        "who-goes-there/turn-strangers-away",
        35,
        "Turn strangers away",
        "Stop the room at the 200 after saving: saved is not running. Wait until most have seen 401.",
      ),
      pause(15),
      lesson(
        "who-goes-there/show-your-papers",
        35,
        "Show your papers",
        "Draw who signs whom on the board before they forge one.",
      ),
      lesson(
        "by-whose-order/ask-the-harbour",
        35,
        "Ask the harbour",
        "401 and 403 once more; read one refusal aloud, from left to right.",
      ),
      lesson(
        "by-whose-order/close-the-hatch",
        15,
        "Close the hatch",
        "Short: let them find what leaks before you tell.",
      ),
      {
        kind: "talk",
        minutes: 15,
        title: "Home port",
        does: "What each will change on a real node, in one sentence. Collect results, download the report, end the room.",
      },
    ],
  },
  {
    id: "full-day",
    title: "A full day: from an open ship to the survey",
    about:
      "Seven hours with breaks. The half day in the morning, then certificates, files, limits and an exam against the clock.",
    begins: 9 * 60,
    items: [
      {
        kind: "talk",
        minutes: 15,
        title: "Come aboard",
        does: "Join the room by code, start one laboratory, type one command.",
      },
      lesson("sign-on/first-watch", 20, "First watch", "Undo, orders, the ship: what the screen says and where."),
      lesson(
        "sign-on/the-ships-papers",
        25,
        "The ship’s papers",
        "Flags, file, drop-ins. Keep the three words on the wall: saved, running, behaving.",
      ),
      lesson("pirates/hail-the-ship", 25, "Hail the ship", "Attack first, explain afterwards."),
      pause(15),
      lesson("who-goes-there/turn-strangers-away", 30, "Turn strangers away", "Stop at the 200 after saving."),
      lesson("who-goes-there/show-your-papers", 30, "Show your papers", "Who signs whom, drawn before they forge."),
      lesson("by-whose-order/ask-the-harbour", 30, "Ask the harbour", "Read one refusal aloud."),
      pause(60, "Lunch"),
      lesson("by-whose-order/close-the-hatch", 15, "Close the hatch", "A short one to come back with."),
      lesson(
        "sealed-dispatches/sealed-dispatches",
        30,
        "Sealed dispatches",
        "Why everybody types -k, and what it gives away.",
      ),
      lesson(
        "sealed-dispatches/moor-with-care",
        20,
        "Moor with care",
        "Over-hardening: the stranger is out and so is the pilot.",
      ),
      pause(15),
      lesson(
        "ship-shape/locked-cabinets",
        20,
        "Locked cabinets",
        "Modes and owners; let them read the benchmark’s sentence first.",
      ),
      lesson(
        "ship-shape/the-crews-rights",
        25,
        "The crew’s rights",
        "Node authorizer and scrapers; hints by message to those who wait.",
      ),
      {
        kind: "exam",
        minutes: 30,
        title: "Against the clock",
        does: "Start a class exam of 25 minutes from the board: the same tasks for all, from one seed.",
      },
      {
        kind: "talk",
        minutes: 15,
        title: "Home port",
        does: "Go through the two tasks that most missed. Report, end of the room.",
      },
    ],
  },
];

/** 545 minutes after midnight are 9:05. */
export function timeOfDay(minutes: number): string {
  return `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, "0")}`;
}
