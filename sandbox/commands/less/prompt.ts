// The prompt, and what else tells where the screen stands in the text.

import { isErrno } from "../../kernel/errno.ts";
import type { Less } from "./pager.ts";
import type { Place } from "./view.ts";

export function showPrompt(less: Less): void {
  const view = less.view;
  if (!view.forwardPrompt) less.screen.clearBottom();
  view.forwardPrompt = false;
  const text = promptText(less);
  const filtered = view.filter === undefined ? "" : "& ";
  less.screen.put(`${filtered}${text === ":" ? ":" : `\x1b[7m${text}\x1b[27m`}\x1b[K`);
  less.isNew = false;
  if (view.atEnd) less.endHits += 1;
}

function promptText(less: Less): string {
  const { prompt } = less.options;
  const { doc } = less.view;
  let text = "";
  const several = less.files.length > 1 && less.isNew ? `(file ${less.file + 1} of ${less.files.length}) ` : "";
  if (doc.name !== "-" && (less.isNew || prompt === 2)) text += `${doc.name} `;
  text += several;
  if (prompt === 2) text += lineRange(less);
  if (less.view.atEnd) {
    const following = less.files[less.file + 1];
    text += `(END) ${following === undefined ? "" : `- Next: ${following}`}`;
  } else if (prompt > 0) text += percent(less);
  text = text.trimEnd();
  return text === "" ? ":" : text;
}

function lineRange(less: Less): string {
  const rows = less.view.table.filter((place) => place !== undefined);
  const [first] = rows;
  const last = rows[rows.length - 1];
  if (first === undefined || last === undefined) return "";
  const { doc } = less.view;
  return `lines ${first.line + 1}-${last.line + 1}${doc.ended || isFile(less) ? `/${totalLines(less)}` : ""} `;
}

function isFile(less: Less): boolean {
  const stat = less.io.sys.fstat(less.view.doc.fd);
  return !isErrno(stat) && stat.type === "file";
}

function totalLines(less: Less): number {
  const { doc } = less.view;
  if (doc.ended) return doc.lines.length;
  const bytes = less.io.sys.readFile(doc.name);
  return isErrno(bytes) ? doc.lines.length : bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
}

function percent(less: Less): string {
  const { doc } = less.view;
  if (doc.size === undefined || doc.size === 0) return "";
  return `${Math.floor((less.view.nextOffset * 100) / doc.size)}%`;
}

export function position(less: Less): string {
  const view = less.view;
  const { doc } = view;
  const rows = view.table.filter((place): place is Place => place !== undefined);
  const name = doc.name === "-" ? "" : `${doc.name} `;
  const several = less.files.length > 1 ? `(file ${less.file + 1} of ${less.files.length}) ` : "";
  const end = view.nextOffset;
  const size = doc.size === undefined ? "" : `/${doc.size}`;
  const where = view.atEnd ? "(END)" : percent(less);
  const range = `lines ${(rows[0]?.line ?? 0) + 1}-${(rows[rows.length - 1]?.line ?? 0) + 1}${doc.ended || isFile(less) ? `/${totalLines(less)}` : ""} `;
  return `${name}${several}${less.options.numbers || less.modern ? range : ""}byte ${end}${size} ${where}`.trimEnd();
}
