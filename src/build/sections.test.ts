// What the search reads of a page: sections with headings and addresses, nothing of navigation, drawings and controls.

import { expect, test } from "vitest";
import { readPage } from "./sections.ts";

const page = (body: string): string =>
  `<html><head><title>5 Turn away · Kubelet Captain</title><meta name="description" content="What &amp; why."></head><body>${body}</body></html>`;

test("a lesson is cut at its headings and steps", () => {
  const read = readPage(
    page(
      `<article class="prose" id="read" tabindex="-1"><h1>Turn away</h1><p>First <code>--anonymous-auth</code>.</p>` +
        `<section class="step" id="step-look"><h2 id="step-look-h">Look</h2><svg><text>no</text></svg><p>A &lt;b&gt; there.</p></section>` +
        `<h2 id="end">What you can say</h2><nav>Next</nav><button class="btn needs-js">Type it</button></article>`,
    ),
  );
  expect(read?.title).toBe("5 Turn away");
  expect(read?.sections).toEqual([
    { id: "", heading: "", kind: "Lesson", text: "What & why. Turn away First --anonymous-auth." },
    { id: "step-look-h", heading: "Look", kind: "Lesson", text: "A <b> there." },
    { id: "end", heading: "What you can say", kind: "Lesson", text: "" },
  ]);
});

test("rows that name themselves are sections, with the kind of what is around them", () => {
  const read = readPage(
    page(
      `<main id="main" class="ref" data-kind="Reference"><table><tr id="port" data-find="port" data-differs><th><code>port</code></th><td>10<wbr>250</td></tr></table>` +
        `<article id="x" data-find="Two words" data-kind="Command"><h3>Two words</h3><p>Text</p></article></main>`,
    ),
  );
  expect(read?.sections.slice(1)).toEqual([
    { id: "port", heading: "port", kind: "Reference", text: "port 10250" },
    { id: "x", heading: "Two words", kind: "Command", text: "Two words Text" },
  ]);
});

test("other pages are known by title and description, unlisted ones not at all", () => {
  expect(readPage(page("<main><p>Long</p></main>"))?.sections).toEqual([
    { id: "", heading: "", kind: "Page", text: "What & why." },
  ]);
  expect(readPage(page("").replace("<head>", '<head><meta name="robots" content="noindex">'))).toBeUndefined();
});
