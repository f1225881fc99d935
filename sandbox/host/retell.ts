// What a command printed, where only the states before and after it are known: it is typed again into a copy of the state before.

import { copyState, Fleet } from "../fleet.ts";
import { encode } from "../kernel/text.ts";
import type { Programs } from "../programs.ts";
import type { Timeline } from "./timeline.ts";

/** So long (virtual ms) a command may take to come back to its prompt; one that waits for keys never does. */
const LONGEST = 30_000;
const STEP = 100;
/** Characters of what was printed that are kept, the last ones. */
const MOST = 65_536;

/** Clears the screen and draws the prompt anew. */
const CTRL_L = "\x0c";

/** What a terminal showed when a command ran in it. */
export interface Retold {
  readonly terminal: string;
  readonly data: Uint8Array;
}

/**
 * What the command that led to a point printed, from the prompt above it to the end of its output. Undefined where nothing is known of the point
 * before it, or the command asked for keys that nobody kept. `late` tells when it has had time enough.
 */
export async function retell(
  timeline: Timeline,
  entry: number,
  programs: Programs,
  late: () => boolean,
): Promise<Retold | undefined> {
  const point = timeline.entries.find((each) => each.entry === entry);
  const before = point?.parent === undefined ? undefined : timeline.stateOf(point.parent);
  if (point?.kind !== "command" || before === undefined || /[^\P{Cc}\n]/u.test(point.label)) return undefined;
  const fleet = new Fleet(copyState(before), programs);
  const run = async (): Promise<void> => {
    while (!late() && fleet.run(late) === "loading") await programs.loadAll([...fleet.world.wanted]);
  };
  await run();
  const terminal = fleet.terminals.find(({ machine, id }) => machine === point.machine && fleet.atPrompt(id))?.id;
  if (terminal === undefined) return undefined;
  fleet.screen(terminal);
  // As it stood above the command.
  fleet.type(terminal, `${CTRL_L}${point.label.replaceAll("\n", "\r")}\r`);
  let text = "";
  for (const end = fleet.now + LONGEST; fleet.now < end && !late(); fleet.world.advance(STEP)) {
    await run();
    text = (text + fleet.screen(terminal)).slice(-MOST);
    if (!fleet.atPrompt(terminal)) continue;
    // The shell of the state after it draws its own prompt: the one at the end goes. Drawn anew it shows how long it is.
    fleet.type(terminal, CTRL_L);
    await run();
    const prompt = fleet.screen(terminal).replace(/^(\x1b\[\d*[HJ])+/, "");
    return { terminal, data: encode(text.endsWith(prompt) ? text.slice(0, text.length - prompt.length) : text) };
  }
  return undefined;
}
