// The files that differ between two points: what became of each, and its lines when it is opened.

import type { Comparison, FileChange, FileFacts } from "#sandbox/protocol.ts";
import { diffLines } from "../../exam/diff.ts";
import { h } from "../lab/dom.ts";

export function drawFiles({ files, own }: Comparison): HTMLElement[] {
  const kept =
    own === 0
      ? []
      : [
          h(
            "p",
            { class: "ink2 small" },
            `${own === 1 ? "One more file differs" : `${own} more files differ`} that the machines write for themselves: logs, databases, what is running.`,
          ),
        ];
  if (files.length === 0) return [h("p", { class: "ink2 small" }, "No file that people work on differs."), ...kept];
  return [h("ul", { class: "compare-files" }, ...files.map((file) => h("li", {}, drawFile(file)))), ...kept];
}

function drawFile(change: FileChange): HTMLElement {
  const lines = drawLines(change);
  const name = [
    h("span", { class: "muted" }, change.machine),
    " ",
    h("code", {}, change.path),
    h("small", {}, describeChange(change)),
  ];
  if (lines === undefined) return h("p", { class: "compare-file" }, ...name);
  return h("details", { class: "compare-file" }, h("summary", {}, ...name), lines);
}

const kinds: Partial<Record<FileFacts["type"], string>> = { directory: "folder", symlink: "link" };
const kindOf = (type: FileFacts["type"]): string => kinds[type] ?? "file";

/** `changed`, `new file, 600 root:root`, `mode 644, now 600`. */
function describeChange({ before, after }: FileChange): string {
  if (before === undefined) return `new ${kindOf(after?.type ?? "file")}, ${after?.mode} ${after?.owner}`;
  if (after === undefined) return `${kindOf(before.type)} removed`;
  const said = [
    before.type === after.type ? "" : `was a ${kindOf(before.type)}, now a ${kindOf(after.type)}`,
    before.mode === after.mode ? "" : `mode ${before.mode}, now ${after.mode}`,
    before.owner === after.owner ? "" : `owner ${before.owner}, now ${after.owner}`,
  ].filter((words) => words !== "");
  if (said.length > 0) return said.join("; ");
  return after.text === undefined ? `changed, ${before.size} bytes, now ${after.size}` : "changed";
}

/** The lines that differ; undefined where there are none to show. */
function drawLines({ before, after }: FileChange): HTMLElement | undefined {
  const [was, is] = [before?.text, after?.text];
  if (was === is || (before !== undefined && was === undefined) || (after !== undefined && is === undefined))
    return undefined;
  const lines = diffLines(was ?? "", is ?? "", 2);
  if (lines === undefined || lines.length === 0) return undefined;
  const shown = lines.map(({ kind, text }) =>
    kind === "same"
      ? `  ${text}\n`
      : h(kind === "gone" ? "del" : "ins", {}, `${kind === "gone" ? "-" : "+"} ${text}\n`),
  );
  return h("pre", { class: "diff", tabindex: 0 }, h("code", {}, ...shown));
}
