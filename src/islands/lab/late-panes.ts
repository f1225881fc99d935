// The panes that are not needed for a prompt: orders and ship, time line, editor, inspector. Loaded as soon as there is one.

import type { LabPlan } from "../../course/plan.ts";
import type { Heard, MachineClient } from "../../machine/client.ts";
import { EditorPane } from "../editor/editor-pane.ts";
import { Inspector } from "../inspector/inspector.ts";
import type { BoatResults } from "../ship/boats.ts";
import { TimelineView } from "../timeline/timeline.ts";
import type { Drawer } from "./drawer.ts";
import type { LabUse } from "./laboratory.ts";
import { ReportPane } from "./report-pane.ts";
import type { Settings } from "./settings.ts";

export { Drawer } from "./drawer.ts";
export { putBack } from "./put-back.ts";
export { setUpSplits } from "./split.ts";

/** What the laboratory gives its panes. */
export interface LateOptions {
  readonly drawer: Drawer;
  readonly machines: Heard<"ready">["machines"];
  /** Where the machine is on its time line already. */
  readonly time: Heard<"timeline"> | undefined;
  readonly settings: Readonly<Settings>;
  /** The plan's files as they were at the start, by place; files that are opened before anything changed are added. */
  readonly starts: Record<string, string>;
  hasMoved(): boolean;
  onSaved(): void;
  share(entry: number): void;
  typeInto(machine: string, command: string): void;
  speak(sentence: string): void;
}

/** The panes of one machine. Those that the page does not have are left out. */
export class LatePanes {
  readonly timeline: TimelineView;
  readonly reports: ReportPane;
  readonly inspector: Inspector | undefined;
  readonly editor: EditorPane | undefined;

  constructor(
    element: HTMLElement,
    client: MachineClient,
    { grading, files }: LabPlan,
    use: LabUse,
    { drawer, machines, time, settings, starts, hasMoved, onSaved, share, typeInto, speak }: LateOptions,
  ) {
    const checks = grading?.checks ?? [];
    const goals = new Map(checks.map(({ id, goal }) => [id, goal]));
    this.timeline = new TimelineView(client, drawer, { goals, share, speak }, time);
    this.reports = new ReportPane(element, {
      checks,
      host: grading?.captain ?? "node01",
      used: use.used ?? {},
      onHint: (check, stage) => use.onHint?.(check, stage),
      onType: typeInto,
      speak,
    });
    if (element.querySelector("#editor") === null) return;
    this.inspector = new Inspector(element, client, machines, drawer);
    this.inspector.refresh();
    this.editor = new EditorPane(element, client, {
      machines,
      first: files,
      plain: settings.plainEditor,
      vim: settings.vimKeys,
      startOf: (place) => starts[place],
      onFirstRead: (place, text) => {
        if (!hasMoved()) starts[place] ??= text;
      },
      onSaved,
      speak,
    });
  }

  /** What checks found, and what changed for both boats since the start. */
  showReport({ report, facts }: Heard<"report">, before: BoatResults, moved: boolean): void {
    this.reports.show(report, facts, before, moved);
  }
}
