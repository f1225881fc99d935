import { expect, test } from "vitest";
import { readProse } from "./prose.ts";

const good = `---
title: A lesson
goal: Say what a lesson is.
minutes: 10
files:
  - node01:/etc/just/simply
---

See [the next one](../show-your-papers/). \`just!\` is code, and so is <Try run="simply !" />.

## On a real node

\`\`\`bash
sudo systemctl restart kubelet && kubectl get node | grep Ready
\`\`\`

## What you can now say

- Nothing that an editor would strike.
`;
const whats = (mdx: string): string[] => readProse(mdx, "who-goes-there/turn-strangers-away").map(({ what }) => what);

test("good prose has no findings", () => {
  expect(whats(good)).toEqual([]);
});

test.each([
  ["Nothing that", "Simply nothing that", /“Simply” is not a word/],
  ["strike.", "strike!", /“!” is not a word/],
  ["Nothing that", "It's nothing that", /straight quote/],
  ["../show-your-papers/", "../show-your-paper/", /leads nowhere/],
  ["../show-your-papers/", "/lessons/x/", /base path/],
  ["../show-your-papers/", "http://example.org/", /not https/],
  ["## On a real node", "```bash\nrm -rf /\n```\n\n## On a real node", /no test runs/],
  ["| grep Ready", "| gerp Ready", /“gerp” is a command/],
  ["minutes: 10", "minutes: 40", /8 to 15 minutes/],
  ["what a lesson is.", "what a lesson is", /full stop/],
  ["## What you can now say", "## What now", /is missing/],
  ["See [", '<Diagram title="x" caption="just so" />\nSee [', /without description/],
  ["See [", '<img src="x.png" />\nSee [', /without words/],
])("%j as %j is found", (from, to, what) => {
  expect(whats(good.replace(from, to))).toContainEqual(expect.stringMatching(what));
});
