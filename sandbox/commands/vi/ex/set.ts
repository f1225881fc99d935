// `:set`.

import type { Editor, Settings } from "../editor.ts";

const OPTIONS: Readonly<Record<string, keyof Settings>> = {
  nu: "number",
  number: "number",
  rnu: "relative",
  relativenumber: "relative",
  list: "list",
  wrap: "wrap",
  ts: "tabstop",
  tabstop: "tabstop",
  sw: "shiftwidth",
  shiftwidth: "shiftwidth",
  et: "expandtab",
  expandtab: "expandtab",
  ai: "autoindent",
  autoindent: "autoindent",
  paste: "paste",
  ic: "ignorecase",
  ignorecase: "ignorecase",
  scs: "smartcase",
  smartcase: "smartcase",
  ws: "wrapscan",
  wrapscan: "wrapscan",
  ro: "readonly",
  readonly: "readonly",
  smd: "showmode",
  showmode: "showmode",
};

/** Options that are taken without effect here. */
const SILENT = new Set(
  "hls hlsearch is incsearch ru ruler sc showcmd sts softtabstop si smartindent cin cindent cursorline cul mouse nocp cp compatible bg background ff fileformat fenc fileencoding enc encoding sm showmatch tw textwidth so scrolloff ls laststatus nocompatible sb splitbelow spr swapfile swf bk backup wb hid hidden mod modified ma modifiable bs backspace".split(
    " ",
  ),
);

export function setOptions(vi: Editor, argument: string): void {
  for (const word of argument.split(/\s+/).filter((one) => one !== "")) {
    const found = /^(no|inv)?([a-z]+)([=:!?&]?)(.*)$/.exec(word);
    if (found === null) return vi.error(`E518: Unknown option: ${word}`);
    let [, prefix = "", name = "", sign = "", value = ""] = found;
    if (OPTIONS[name] === undefined && OPTIONS[prefix + name] !== undefined) {
      name = prefix + name;
      prefix = "";
    }
    const key = OPTIONS[name];
    if (key === undefined) {
      if (SILENT.has(name) || SILENT.has(prefix + name)) continue;
      return vi.error(`E518: Unknown option: ${word}`);
    }
    const { settings } = vi;
    if (typeof settings[key] === "number") {
      if (sign === "=" || sign === ":") {
        if (!/^\d+$/.test(value)) return vi.error(`E521: Number required after =: ${word}`);
        (settings as unknown as Record<string, number>)[key] = Number(value);
      } else vi.message(`  ${name}=${settings[key]}`);
      continue;
    }
    if (sign === "=") return vi.error(`E474: Invalid argument: ${word}`);
    if (sign === "?") {
      vi.message(`${settings[key] ? "  " : "no"}${name}`);
      continue;
    }
    const flags = settings as unknown as Record<string, boolean>;
    flags[key] = prefix === "inv" || sign === "!" ? flags[key] !== true : prefix !== "no";
  }
}
