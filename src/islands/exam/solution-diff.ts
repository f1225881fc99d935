// The solution as a diff: it is typed into a machine of its own, and the files it names are compared with what they were.

import type { DrillInstance } from "#lessons/_kit/drill.ts";
import { planOfRep } from "../../course/drill-plan.ts";
import { diffLines } from "../../exam/diff.ts";
import { MachineClient } from "../../machine/client.ts";
import { beginMachine } from "../../machine/grade.ts";
import { h } from "../lab/dom.ts";

interface Place {
  readonly machine: string;
  readonly path: string;
}

/** How long a line may keep the prompt away (ms). */
const patience = 30_000;

/** Files that solution and setup name: what a solution changes is among them. */
function placesOf({ solution, setup, host }: DrillInstance): Place[] {
  const places = new Map<string, Place>();
  const add = (machine: string, text: string): void => {
    for (const [path] of text.matchAll(/\/(?:etc|var|usr|root|srv|opt)\/[\w./@+-]*\w/g))
      places.set(`${machine}:${path}`, { machine, path });
  };
  let machine = host;
  for (const line of solution) {
    const moved = /^#@\s+(?!wait\b)(\S+)/.exec(line);
    if (moved !== null) machine = moved[1] as string;
    else add(machine, line);
  }
  for (const step of setup) {
    if ("path" in step) places.set(`${step.on}:${step.path}`, { machine: step.on, path: step.path });
    else if ("run" in step) add(step.on, step.run);
  }
  for (const path of ["/var/lib/kubelet/config.yaml", "/etc/default/kubelet", "/var/lib/kubelet/kubeadm-flags.env"])
    places.set(`${host}:${path}`, { machine: host, path });
  return [...places.values()];
}

async function readAll(client: MachineClient, places: readonly Place[]): Promise<(string | undefined)[]> {
  return Promise.all(places.map(({ machine, path }) => client.readFile(machine, path).catch(() => undefined)));
}

/** Types a line and waits for its prompt. */
function typeLine(client: MachineClient, terminal: string, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error("a line of the solution never ended"));
    }, patience);
    const stop = client.on("idle", ({ prompts }) => {
      if (!prompts.includes(terminal)) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
    client.send({ type: "input", terminal, data: `${line}\r` });
  });
}

/** Puts the diff where its button stands. */
export async function showSolutionDiff(button: HTMLButtonElement, drill: DrillInstance): Promise<void> {
  const place = button.closest(".body")?.querySelector("[data-diff-place]");
  button.disabled = true;
  const client = new MachineClient();
  try {
    await beginMachine(client, planOfRep(drill));
    const places = placesOf(drill);
    const before = await readAll(client, places);
    const terminals = new Map<string, string>();
    let machine = drill.host;
    for (const line of drill.solution) {
      const mark = /^#@\s+(wait\s+(\d+)|\S+)/.exec(line);
      if (mark?.[2] !== undefined) client.send({ type: "advance", ms: Number(mark[2]) * 1000 });
      else if (mark !== null) machine = mark[1] as string;
      else {
        const known = terminals.get(machine);
        const terminal = known ?? (await client.openTerminal(machine, "root")).terminal;
        if (known === undefined) await typeLine(client, terminal, "");
        terminals.set(machine, terminal);
        await typeLine(client, terminal, line);
      }
    }
    const after = await readAll(client, places);
    const diffs = places.flatMap((each, index) => diffOf(each, before[index], after[index]));
    const nothing = h("p", { class: "ink2" }, "No file changes: the solution acts on what runs, or on the API server.");
    place?.replaceChildren(...(diffs.length === 0 ? [nothing] : diffs));
    button.remove();
  } catch (error) {
    console.warn("diff:", error);
    place?.replaceChildren(h("p", {}, "The diff could not be made on this device."));
    button.disabled = false;
  } finally {
    client.end();
  }
}

function diffOf({ machine, path }: Place, before: string | undefined, after: string | undefined): HTMLElement[] {
  if (before === after) return [];
  const lines = diffLines(before ?? "", after ?? "") ?? [];
  const words = after === undefined ? ", removed" : before === undefined ? ", new" : "";
  const shown = lines.map(({ kind, text }) =>
    kind === "same"
      ? `  ${text}\n`
      : h(kind === "gone" ? "del" : "ins", {}, `${kind === "gone" ? "-" : "+"} ${text}\n`),
  );
  return [h("pre", { class: "diff", tabindex: 0 }, h("code", {}, `${machine} ${path}${words}\n`, ...shown))];
}
