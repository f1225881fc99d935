// The panes that are not needed for a prompt; loaded as soon as there is one.

export { EditorPane } from "../editor/editor-pane.ts";
export { Inspector } from "../inspector/inspector.ts";
