// The keys of completion. What fits is found elsewhere, when it is first asked for.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { loadMore } from "../load.ts";
import { moveToEnd } from "./display.ts";
import type { Session } from "./session.ts";

/** Tab: puts in what all matches share; asked for a second time it shows them. */
export function* completeWord(rl: Session): Task<void> {
  const again = rl.lastKind === "complete" && !rl.completed;
  rl.thisKind = "complete";
  if (again) {
    yield* listCompletions(rl);
    rl.thisKind = "complete";
    return;
  }
  const found = yield* (yield* loadMore(rl.sh)).findCompletions(rl.sh, rl.text, rl.point);
  rl.completed = false;
  if (found === undefined || found.matches.length === 0) {
    yield* rl.bell();
    return;
  }
  const before = rl.text;
  if (found.insert !== rl.text.slice(found.start, rl.point) && found.insert !== "") {
    const rest = rl.text.slice(rl.point);
    // A closing quote or slash that stands there already is not put in twice.
    const extra = found.matches.length === 1 ? found.append : "";
    const skip = extra !== "" && rest.startsWith(extra) ? extra.length : 0;
    rl.change(
      rl.text.slice(0, found.start) + found.insert + extra + rest.slice(skip),
      found.start + found.insert.length + extra.length,
    );
  } else if (found.matches.length === 1 && found.append !== "") {
    rl.change(rl.text.slice(0, rl.point) + found.append + rl.text.slice(rl.point), rl.point + found.append.length);
  }
  rl.completed = rl.text !== before;
  rl.thisKind = "complete";
  if (found.matches.length > 1) yield* rl.bell();
}

export function* listCompletions(rl: Session): Task<void> {
  const found = yield* (yield* loadMore(rl.sh)).findCompletions(rl.sh, rl.text, rl.point);
  if (found === undefined || found.matches.length === 0) {
    yield* rl.bell();
    return;
  }
  yield* rl.write(moveToEnd(rl.screen));
  const { listMatches } = yield* loadMore(rl.sh);
  const shown = yield* listMatches(found, rl.screen.columns, windowRows(rl), {
    write: (text) => rl.write(text),
    key: () => rl.key(),
  });
  if (shown === "interrupt") rl.interrupted = true;
  yield* rl.fresh();
}

function windowRows(rl: Session): number {
  const size = rl.sh.sys.windowSize(0);
  return isErrno(size) ? 24 : size.rows;
}

export function* insertCompletions(rl: Session): Task<void> {
  const found = yield* (yield* loadMore(rl.sh)).findCompletions(rl.sh, rl.text, rl.point);
  if (found === undefined || found.matches.length === 0) {
    yield* rl.bell();
    return;
  }
  const all = `${found.matches.map((match) => match.insert).join(" ")} `;
  rl.change(rl.text.slice(0, found.start) + all + rl.text.slice(rl.point), found.start + all.length);
}
