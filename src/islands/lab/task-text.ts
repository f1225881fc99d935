// The text of a drill's task: a paragraph a line; lines that begin with a dash are a list.

import { h, withCode } from "./dom.ts";

export function taskText(task: string): HTMLElement[] {
  const parts: HTMLElement[] = [];
  for (const line of task.split("\n")) {
    if (!line.startsWith("- ")) {
      parts.push(h("p", {}, ...withCode(line)));
      continue;
    }
    const last = parts.at(-1);
    const list = last?.tagName === "UL" ? last : h("ul", {});
    list.append(h("li", {}, ...withCode(line.slice(2))));
    if (list !== last) parts.push(list);
  }
  return parts;
}
