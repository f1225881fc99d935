// What an instructor does: asks for what is needed, sends the act, tells how it went, and undoes it on request.

import type { Act, ActTaken, ActView, LearnerRow, To } from "../../hub/api/index.ts";
import { askHub, makeId } from "../hub/api.ts";
import { wordsOfId } from "../lesson-outline.ts";
import { ask, type Field } from "./ask.ts";
import type { RoomModel } from "./room-model.ts";

type NewAct = Act extends infer A ? (A extends Act ? Omit<A, "id"> : never) : never;

export class Acting {
  readonly #room: string;
  readonly #model: RoomModel;
  readonly #tell: (sentence: string, undo?: string) => void;

  /** `tell` says a sentence; with the id of an act it offers to undo it. */
  constructor(room: string, model: RoomModel, tell: (sentence: string, undo?: string) => void) {
    this.#room = room;
    this.#model = model;
    this.#tell = tell;
  }

  /** Sends an act; the board shows it when the hub has it. */
  async send(act: NewAct): Promise<boolean> {
    const full = { id: makeId(), ...act } as Act;
    const answer = await askHub<ActTaken>(`/rooms/${this.#room}/acts`, full);
    if (!answer.ok) {
      this.#tell(answer.why);
      return false;
    }
    this.#model.acts.set(full.id, answer.value.act);
    this.#tell(`${describeAct(answer.value.act, this.#model)}.`, answer.value.act.undoable ? full.id : undefined);
    return true;
  }

  async undo(id: string): Promise<void> {
    const answer = await askHub<ActTaken>(`/rooms/${this.#room}/acts/${id}/undo`, {});
    if (!answer.ok) {
      this.#tell(answer.why);
      return;
    }
    this.#model.acts.set(id, answer.value.act);
    this.#tell(`Undone: ${describeAct(answer.value.act, this.#model)}.`);
  }

  // --- the whole room ---

  #lessons(): (readonly [string, string])[] {
    return this.#model.outline.map(({ id, number, title }) => [id, `${number} ${title}`] as const);
  }

  async message(to: To, name?: string): Promise<void> {
    const given = await ask({
      title: name === undefined ? "Message to all" : `Message to ${name}`,
      fields: [{ name: "text", label: "Message", kind: "area", most: 2000 }],
      submit: "Send",
    });
    const text = String(given?.get("text") ?? "").trim();
    if (text !== "") await this.send({ type: "message", to, text });
  }

  async pace(): Promise<void> {
    const { pace } = this.#model.room ?? {};
    const given = await ask({
      title: "Where should the room be?",
      text: "Learners see this line beside their own place.",
      fields: [
        {
          name: "lesson",
          label: "Lesson",
          kind: "select",
          options: this.#lessons(),
          ...(pace === undefined ? {} : { value: pace.lesson }),
        },
        { name: "step", label: "Step", kind: "number", value: pace?.step ?? 1, least: 1, most: 12 },
      ],
      submit: "Set the pace line",
    });
    if (given !== undefined)
      await this.send({ type: "pace", lesson: String(given.get("lesson")), step: Number(given.get("step")) });
  }

  async lessons(): Promise<void> {
    const all = this.#lessons();
    const open = this.#model.room?.open ?? "all";
    const openLessons = open === "all" ? all.map(([id]) => id) : open;
    const given = await ask({
      title: "Open lessons",
      text: "Lessons that are closed can be read; their orders are not counted.",
      fields: [
        {
          name: "open",
          label: "Open now",
          kind: "checks",
          options: all,
          chosen: openLessons,
        },
      ],
      submit: "Open these",
    });
    if (given === undefined) return;
    const chosen = given.getAll("open").map(String);
    await this.send({ type: "lessons", open: chosen.length === all.length ? "all" : chosen });
  }

  gates(): Promise<boolean> {
    return this.send({ type: "gates", on: this.#model.room?.gates !== true });
  }

  lock(): Promise<boolean> {
    return this.send({ type: "lock", on: this.#model.room?.locked !== true });
  }

  async countdown(): Promise<void> {
    const running = this.#model.room?.countdown;
    if (running !== undefined && running.endsAt > this.#model.now) {
      await this.send({ type: "countdown-stop" });
      return;
    }
    const given = await ask({
      title: "Countdown",
      fields: [
        { name: "label", label: "For what", kind: "text", value: "Until we go on", most: 280 },
        { name: "minutes", label: "Minutes", kind: "number", value: 5, least: 1, most: 180 },
      ],
      submit: "Start it",
    });
    if (given !== undefined)
      await this.send({
        type: "countdown",
        label: String(given.get("label")),
        seconds: Number(given.get("minutes")) * 60,
      });
  }

  async push(to: To, name?: string): Promise<void> {
    const given = await ask({
      title: name === undefined ? "Push a scene to all" : `Push a scene to ${name}`,
      text: "Each is asked before it loads. What they have is kept beside it.",
      fields: [
        { name: "lab", label: "Lesson", kind: "select", options: this.#lessons(), ...this.#here() },
        { name: "code", label: "Or a machine’s code, from Share", kind: "area", most: 1_500_000, optional: true },
        { name: "note", label: "What it is", kind: "text", value: "This node is broken. Find out why.", most: 280 },
      ],
      submit: "Push it",
    });
    if (given === undefined) return;
    const note = String(given.get("note"));
    const code = String(given.get("code")).replaceAll(/\s+/g, "").replace(/^.*#/, "");
    await this.send(
      code === "" ? { type: "push", to, note, lab: String(given.get("lab")) } : { type: "push", to, note, code },
    );
  }

  #here(): { value: string } | Record<string, never> {
    const lesson = this.#model.room?.pace?.lesson;
    return lesson === undefined ? {} : { value: lesson };
  }

  async exam(): Promise<void> {
    if (this.#model.room?.exam !== undefined) {
      const sure = await ask({
        title: "End the exam for everyone?",
        text: "What each has done by now is handed in and counts. Undone within ten seconds, they go on.",
        submit: "End the exam",
        danger: true,
      });
      if (sure !== undefined) await this.send({ type: "exam-stop" });
      return;
    }
    const given = await ask({
      title: "Start a class exam",
      text: "The same tasks for everyone, made from one seed. No hints, no verdicts until the end.",
      fields: [
        {
          name: "seed",
          label: "Seed, up to 16 small letters and digits",
          kind: "text",
          value: String(Math.floor(Math.random() * 9000) + 1000),
          most: 16,
          taken: ["[A-Za-z0-9]{1,16}", "Up to 16 letters and digits"],
        },
        {
          name: "minutes",
          label: "Minutes",
          kind: "select",
          value: "25",
          options: [
            ["25", "25"],
            ["50", "50"],
            ["120", "120"],
          ],
        },
        {
          name: "note",
          label: "A word before it",
          kind: "text",
          value: "Read each task to its end.",
          most: 280,
          optional: true,
        },
      ],
      submit: "Start it",
    });
    if (given !== undefined)
      await this.send({
        type: "exam",
        seed: String(given.get("seed")).trim().toLowerCase(),
        minutes: Number(given.get("minutes")),
        note: String(given.get("note")),
      });
  }

  // --- one learner ---

  /** The next hint for the order that is not met: nudge, pointer, then the solution. */
  async hint(row: LearnerRow): Promise<void> {
    const open = this.#model.openCheck(row);
    if (open === undefined || row.lesson === undefined) return;
    const stage = Math.min(3, (row.lessons[row.lesson]?.hints[open.id] ?? 0) + 1);
    await this.send({
      type: "release",
      to: [row.id],
      what: stage === 3 ? "solution" : "hint",
      lesson: row.lesson,
      check: open.id,
      stage,
    });
  }

  /** Releases a hint or the solution of one order to everybody. */
  async release(): Promise<void> {
    const options = this.#model.outline.flatMap(({ id, number, checks }) =>
      checks.map((check) => [`${id} ${check.id}`, `${number}: ${wordsOfId(check.id)}`] as const),
    );
    const near = this.#model.columns("here")[0];
    const fields: Field[] = [
      {
        name: "check",
        label: "Order",
        kind: "select",
        options,
        ...(near === undefined ? {} : { value: `${near.lesson.id} ${near.check}` }),
      },
      {
        name: "stage",
        label: "What",
        kind: "select",
        options: [
          ["1", "The nudge"],
          ["2", "The pointer"],
          ["3", "The solution"],
        ],
      },
    ];
    const given = await ask({ title: "Release a hint to all", fields, submit: "Release it" });
    if (given === undefined) return;
    const [lesson = "", check = ""] = String(given.get("check")).split(" ");
    const stage = Number(given.get("stage"));
    await this.send({ type: "release", to: "all", what: stage === 3 ? "solution" : "hint", lesson, check, stage });
  }

  /** Asks for a copy of the machine, or for the way it took as well. */
  look({ id, name }: LearnerRow, way: boolean): Promise<boolean> {
    return this.send({ type: "look", learner: id, note: `To help ${name}`, way });
  }

  help(row: LearnerRow, status: "coming" | "done"): Promise<boolean> {
    return this.send({ type: "help", learner: row.id, status });
  }

  async rename({ id, name }: LearnerRow): Promise<void> {
    const given = await ask({
      title: `Another name for ${name}`,
      fields: [{ name: "name", label: "Name", kind: "text", value: name, most: 40 }],
      submit: "Rename",
    });
    if (given !== undefined) await this.send({ type: "rename", learner: id, name: String(given.get("name")) });
  }

  async remove({ id, name }: LearnerRow): Promise<void> {
    const sure = await ask({
      title: `Remove ${name} from the room?`,
      text: "Their work stays on their device. Removing can be undone.",
      submit: "Remove",
      danger: true,
    });
    if (sure !== undefined) await this.send({ type: "remove", learner: id });
  }
}

/** An act in a few words, as it stands in the list. */
export function describeAct({ act }: ActView, model: RoomModel): string {
  const lessonWords = (id: string | undefined): string => {
    const lesson = model.lessonOf(id);
    return lesson === undefined ? (id ?? "") : `${lesson.number} ${lesson.title}`;
  };
  const name = (id: string): string => model.rows.get(id)?.name ?? "a learner";
  const whom = (to: To): string => (to === "all" ? "all" : to.map(name).join(", "));
  switch (act.type) {
    case "lessons":
      return act.open === "all"
        ? "All lessons are open"
        : act.open.length === 0
          ? "All lessons are closed"
          : `Open: ${act.open.map((id) => model.lessonOf(id)?.number ?? id).join(", ")}`;
    case "gates":
      return act.on ? "Gates are on" : "Gates are off";
    case "pace":
      return `Pace: ${lessonWords(act.lesson)}, step ${act.step ?? 1}`;
    case "countdown":
      return `Countdown of ${Math.round(act.seconds / 60)} min: ${act.label}`;
    case "countdown-stop":
      return "The countdown was stopped";
    case "message":
      return `Message to ${whom(act.to)}: ${act.text.length > 60 ? `${act.text.slice(0, 58)}…` : act.text}`;
    case "release":
      return `${act.what === "solution" ? "Solution" : act.stage === 2 ? "Pointer" : "Nudge"} for ${wordsOfId(act.check ?? act.lesson)} to ${whom(act.to)}`;
    case "push":
      return `Scene pushed to ${whom(act.to)}: ${act.lab === undefined ? act.note : lessonWords(act.lab)}`;
    case "exam":
      return `Exam of ${act.minutes} min, seed ${act.seed}`;
    case "exam-stop":
      return "The exam was ended";
    case "look":
      return `Asked ${name(act.learner)} for a ${act.way === true ? "replay" : "look"}`;
    case "send-state":
      return `Handed a state to ${name(act.learner)}`;
    case "help":
      return act.status === "coming" ? `Coming to ${name(act.learner)}` : `Helped ${name(act.learner)}`;
    case "rename":
      return `Renamed to ${act.name}`;
    case "remove":
      return `Removed ${name(act.learner)}`;
    case "lock":
      return act.on ? "Nobody else can join" : "The room can be joined";
  }
}
