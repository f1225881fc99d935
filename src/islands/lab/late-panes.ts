// The panes that are not needed for a prompt; loaded as soon as there is one.

export { EditorPane } from "../editor/editor-pane.ts";
export { Inspector } from "../inspector/inspector.ts";
export { TimelineView } from "../timeline/timeline.ts";
export { Drawer } from "./drawer.ts";
export { putBack } from "./put-back.ts";
export { ReportPane } from "./report-pane.ts";
export { setUpSplits } from "./split.ts";
