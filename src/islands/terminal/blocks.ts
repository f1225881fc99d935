// A terminal session as blocks: each command with its output. Works on text alone.

export interface Block {
  readonly command: string;
  readonly output: string;
  readonly status: number | undefined;
}

/** `root@node01:~# ` or `pirate@outsider:/tmp$ `, as the machines' prompts are. */
const prompt = /^\S+@\S+:[^\n]*?[#$] /;

/** Cuts a session at its prompts. Text before the first prompt is a block without a command. */
export function splitBlocks(text: string): Block[] {
  const blocks: { command: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const found = prompt.exec(`${line} `);
    if (found !== null) blocks.push({ command: line.slice(found[0].length).trim(), lines: [] });
    else if (blocks.length > 0 || line !== "") {
      if (blocks.length === 0) blocks.push({ command: "", lines: [] });
      blocks.at(-1)?.lines.push(line);
    }
  }
  return blocks.map(({ command, lines }) => ({ command, output: lines.join("\n").trimEnd(), status: undefined }));
}
