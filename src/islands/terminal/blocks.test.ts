import { expect, test } from "vitest";
import { splitBlocks } from "./blocks.ts";

const session = [
  "root@node01:~# ls",
  "a  b",
  "root@node01:~# cd /tmp",
  "root@node01:/tmp# cat <<EOF",
  "> hello",
  "> EOF",
  "hello",
  "root@node01:/tmp#",
].join("\n");

test("a session is cut at its prompts", () => {
  expect(splitBlocks(session).map(({ command, output }) => [command, output])).toEqual([
    ["ls", "a  b"],
    ["cd /tmp", ""],
    ["cat <<EOF", "> hello\n> EOF\nhello"],
    ["", ""],
  ]);
});

test("what was shown before the first prompt is a block of its own", () => {
  expect(splitBlocks("Welcome\npirate@outsider:~$ id")).toMatchObject([
    { command: "", output: "Welcome" },
    { command: "id", output: "" },
  ]);
});

test("a line that only looks like a prompt in its middle is output", () => {
  expect(splitBlocks("root@node01:~# echo x\nsee root@node01:~# ls")).toMatchObject([
    { command: "echo x", output: "see root@node01:~# ls" },
  ]);
});
