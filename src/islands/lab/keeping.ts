// Keeps the running laboratory on this device and tells, with ways on, when that does not work: nothing stored, no room, an unreadable copy.

import type { LabPlan } from "../../course/plan.ts";
import type { MachineClient } from "../../machine/client.ts";
import { forgetLab, type LabRecord, loadLab, packForFile, readAside, saveLab, setAside } from "../../state/keeper.ts";
import { offerFile, showNotice } from "./notice.ts";

/** What the page adds to what the machine saves. */
export type PageState = Pick<LabRecord, "screens" | "starts" | "before" | "began">;

/** Saving waits until nothing changed for so long (ms). */
const quiet = 600;

export class Keeping {
  readonly #lab: HTMLElement;
  readonly #plan: Pick<LabPlan, "lab" | "noun" | "keep">;
  readonly #state: () => { client: MachineClient; page: PageState } | undefined;
  #record: LabRecord | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = false;

  /** `state` gives the machine and the page's part, or undefined while there is nothing to save. */
  constructor(
    lab: HTMLElement,
    plan: Pick<LabPlan, "lab" | "noun" | "keep">,
    state: () => { client: MachineClient; page: PageState } | undefined,
  ) {
    this.#lab = lab;
    this.#plan = plan;
    this.#state = state;
    // The page is about to load anew: who asks waits until this is written.
    document.addEventListener("kc:keep", (event) =>
      (event as CustomEvent<Promise<unknown>[]>).detail.push(this.save()),
    );
  }

  /** The last record saved or read: what a restarted machine begins with. */
  get record(): LabRecord | undefined {
    return this.#record;
  }

  /** Reads what was kept; an unreadable copy is set aside and told. */
  async load(): Promise<LabRecord | undefined> {
    if (this.#plan.keep === false) return undefined;
    const loaded = await loadLab(this.#plan.lab);
    if (loaded.kind === "bad") this.tellBad(loaded.why);
    if (loaded.kind === "fault") {
      this.#told = true;
      showNotice(
        this.#lab,
        "Nothing is kept here",
        "This browser does not let the page keep data, as in a private window. The laboratory works; it ends with this page.",
      );
    }
    this.#record = loaded.kind === "record" ? loaded.record : undefined;
    return this.#record;
  }

  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), quiet);
  }

  /** Nothing is saved any more by itself. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  async save(): Promise<void> {
    const state = this.#state();
    if (state === undefined) return;
    const saved = await state.client.save().catch(() => undefined);
    if (saved === undefined) return;
    this.#record = { version: 1, saved, at: Date.now(), ...state.page };
    if (this.#plan.keep === false) return;
    const fault = await saveLab(this.#plan.lab, this.#record);
    if (fault === undefined) this.#told = false;
    else if (!this.#told) {
      this.#told = true;
      this.#tellFault(fault === "full");
    }
  }

  #tellFault(full: boolean): void {
    const toFile = { label: "Save it to a file", main: true, run: () => this.offer() };
    if (full) {
      const text = "The laboratory goes on, but what you do from here is lost when the page closes.";
      const again = {
        label: `Forget this ${this.#plan.noun}’s old save`,
        run: () => void forgetLab(this.#plan.lab).then(() => this.save()),
      };
      showNotice(this.#lab, "No room left on this device", text, [toFile, again]);
    } else {
      const text = "This browser refused to store it. The laboratory goes on and ends with this page.";
      showNotice(this.#lab, "Could not keep the laboratory", text, [toFile]);
    }
  }

  /** Offers the last record, or another value, as a file. */
  offer(value: unknown = this.#record): void {
    offerFile(`kubelet-captain-${this.#plan.lab.replaceAll(/[/@:]/g, "-")}.json`, packForFile(value));
  }

  /** Puts the last record, or another one, where it is not taken up again. */
  async putAside(record = this.#record): Promise<void> {
    if (record !== undefined && this.#plan.keep !== false) await setAside(this.#plan.lab, record);
    this.#record = undefined;
  }

  tellBad(why: string): void {
    const reason = why.charAt(0).toUpperCase() + why.slice(1);
    showNotice(
      this.#lab,
      "The saved laboratory cannot be read",
      `${reason}. It was set aside, and this one begins anew. Your progress is kept.`,
      [
        {
          label: "Save the old copy to a file",
          run: () => void readAside(this.#plan.lab).then((copy) => this.offer(copy)),
        },
      ],
    );
  }
}
