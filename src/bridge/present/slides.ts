// Slides out of a lesson's prose: headings and steps become slides, commands and pictures stay on them, running text goes to the notes.

import { h } from "../../islands/lab/dom.ts";
import { makeNotes } from "./notes.ts";

export interface Slide {
  /** Where in the lesson: "Step 2, Turn strangers away". */
  readonly kick: string;
  readonly title: (Node | string)[];
  /** One or two sentences below the title. */
  readonly say: (Node | string)[];
  /** What is shown: commands, pictures, lists, questions. */
  readonly shows: readonly Element[];
  /** What the presenter says besides what the slide says. */
  readonly notes: readonly Element[];
  /** Id of the graded step, where the slide belongs to one. */
  readonly step: string | undefined;
  /** First slide of its section. */
  readonly opens: boolean;
}

interface Group {
  readonly shows: Element[];
  readonly texts: Element[];
  readonly asides: Element[];
}

/** A title is no longer than this, a sentence below it no longer than that (characters). */
const longestTitle = 64;
const longestSay = 170;
/** Commands on one slide. */
const mostCommands = 3;

interface Section {
  readonly title: string;
  /** Where the section stands: "Step 2", or the lesson. */
  readonly place: string;
  readonly step: string | undefined;
  readonly blocks: Element[];
}

/** Cuts the children of `source` into slides; they are moved out of it, not copied. */
export function makeSlides(source: Element, lesson: string): Slide[] {
  const sections: Section[] = [{ title: lesson, place: "", step: undefined, blocks: [] }];
  let steps = 0;
  for (const child of source.querySelectorAll(":scope > .steps > *, :scope > :not(.steps)")) {
    if (child.matches(".step")) {
      const heading = child.querySelector("h2");
      const title = heading?.textContent ?? "";
      const step = child.getAttribute("data-step") ?? undefined;
      const blocks = [...child.children].filter((each) => each !== heading);
      sections.push({ title, place: `Step ${++steps}`, step, blocks });
      // What follows a step without a heading still belongs to it in the reader's eyes.
      sections.push({ title, place: lesson, step: undefined, blocks: [] });
    } else if (child.matches("h2")) {
      sections.push({ title: child.textContent ?? "", place: lesson, step: undefined, blocks: [] });
    } else sections.at(-1)?.blocks.push(child);
  }
  return sections.flatMap(cutSection);
}

function cutSection({ title, place, step, blocks }: Section): Slide[] {
  return groupBlocks(blocks).map(({ shows, texts, asides }, index) => {
    const [first] = texts;
    const sentences = first === undefined ? [] : splitSentences(first);
    const head = sentences[0];
    const opens = index === 0;
    // Later slides of a section are named by their first sentence, where it is short enough for a title.
    const named = !opens && head !== undefined && head.length <= longestTitle;
    const said = named ? sentences.slice(1) : sentences;
    const count = countSay(said);
    const unsaid = said.slice(count).flatMap((sentence) => sentence.nodes());
    return {
      kick: !named ? place : step === undefined ? title : `${place}, ${title}`,
      title: named ? withoutFullStop(head.nodes()) : [title],
      say: said.slice(0, count).flatMap((sentence) => sentence.nodes()),
      shows,
      notes: makeNotes({ unsaid, texts: texts.slice(1), asides, shows }),
      step,
      opens,
    };
  });
}

/** Text before a thing shown belongs to it; a picture has a slide of its own, commands come in threes at most. */
function groupBlocks(blocks: readonly Element[]): Group[] {
  const groups: Group[] = [];
  let current: Group = { shows: [], texts: [], asides: [] };
  const next = (): void => {
    if (current.shows.length + current.texts.length > 0) groups.push(current);
    else if (current.asides.length > 0) groups.at(-1)?.asides.push(...current.asides);
    current = { shows: [], texts: [], asides: [] };
  };
  for (const block of blocks) {
    if (block.matches("[data-say]")) current.asides.push(block);
    else if (block.matches("p, h3, .log, blockquote")) {
      if (current.shows.length > 0) next();
      // A slide without anything to see carries one thought.
      else if (current.texts.length > 1) next();
      current.texts.push(block);
    } else {
      const alone = block.matches("figure:not(.excerpt), .note, details, ul, ol, table, .boats-live");
      if (
        current.shows.length > 0 &&
        (alone || current.shows.length >= mostCommands || !current.shows.every(isCommand))
      )
        next();
      current.shows.push(block);
    }
  }
  next();
  return groups;
}

const isCommand = (element: Element): boolean => element.matches(".cmd, .excerpt");

interface Sentence {
  readonly length: number;
  nodes(): Node[];
}

/** The sentences of a paragraph, each with its inline elements; ends inside of code do not count. */
function splitSentences(paragraph: Element): Sentence[] {
  const copy = paragraph.cloneNode(true) as Element;
  for (const card of copy.querySelectorAll(".term-card")) card.remove();
  for (const word of copy.querySelectorAll(".term-word")) word.replaceWith(word.textContent ?? "");
  copy.normalize();
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode())
    node.textContent = (node.textContent ?? "").replaceAll(/\s+/g, " ");
  const text = copy.textContent ?? "";
  const inCode = codeSpans(copy);
  const ends = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)]
    .map(({ index, segment }) => index + segment.length)
    .filter((end) => !inCode.some(([from, to]) => end > from && end < to));
  return ends.map((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    return { length: text.slice(start, end).trim().length, nodes: () => cutNodes(copy, start, end) };
  });
}

function codeSpans(element: Element): [number, number][] {
  const spans: [number, number][] = [];
  let at = 0;
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) at += node.textContent?.length ?? 0;
    else {
      const from = at;
      for (const child of node.childNodes) walk(child);
      if (node.nodeName === "CODE") spans.push([from, at]);
    }
  };
  walk(element);
  return spans;
}

function cutNodes(element: Element, start: number, end: number): Node[] {
  const range = document.createRange();
  const place = (offset: number): [Node, number] => {
    let left = offset;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let last: Node = element;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const length = node.textContent?.length ?? 0;
      if (left <= length) return [node, left];
      left -= length;
      last = node;
    }
    return [last, last.textContent?.length ?? 0];
  };
  range.setStart(...place(start));
  range.setEnd(...place(end));
  return [...range.cloneContents().childNodes].filter((node) => node.textContent !== "");
}

/** How many sentences can be read at a glance: one at least. */
function countSay(sentences: readonly Sentence[]): number {
  let length = 0;
  const over = sentences.findIndex((sentence, index) => {
    length += sentence.length;
    return index > 0 && length > longestSay;
  });
  return over < 0 ? sentences.length : over;
}

function withoutFullStop(nodes: Node[]): Node[] {
  const last = nodes.at(-1);
  if (last?.nodeType === Node.TEXT_NODE) last.textContent = (last.textContent ?? "").trimEnd().replace(/[.:]$/, "");
  return nodes;
}

/** A slide as the room sees it. */
export function drawSlide({ kick, title, say, shows }: Slide): HTMLElement {
  const picture = shows.length === 1 && shows[0]?.matches("figure") === true && shows[0].querySelector("svg") !== null;
  return h(
    "div",
    { class: picture ? "slide-in pictured" : "slide-in" },
    h(
      "div",
      { class: "slide-head" },
      kick === "" ? undefined : h("p", { class: "kick here" }, kick),
      h("h1", { tabindex: -1 }, ...title),
      say.length > 0 && h("p", { class: "say" }, ...say),
    ),
    shows.length > 0 && h("div", { class: "shows" }, ...shows),
  );
}
