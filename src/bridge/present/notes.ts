// The notes of a slide: what it does not say itself. The rest of its text, what to look for in the answers, the picture in words.

import { h } from "../../islands/lab/dom.ts";

interface Material {
  /** What follows the sentences on the slide in their own paragraph. */
  readonly unsaid: readonly Node[];
  /** Whole paragraphs that the slide leaves out. */
  readonly texts: readonly Element[];
  readonly asides: readonly Element[];
  /** What the slide shows: commands, pictures, lists. */
  readonly shows: readonly Element[];
}

export function makeNotes({ unsaid, texts, asides, shows }: Material): Element[] {
  return [
    ...(unsaid.length > 0 ? [h("p", {}, ...unsaid)] : []),
    ...texts,
    ...asides,
    ...describePictures(shows),
    ...expectAnswers(shows),
  ];
}

/** What a picture says to who cannot see it is what a presenter walks through. */
function describePictures(shows: readonly Element[]): Element[] {
  const texts = shows
    .flatMap((each) => [...each.querySelectorAll("svg.diagram > desc")])
    .map((desc) => desc.textContent);
  return texts.length === 0 ? [] : [h("h3", {}, "Walk through the picture"), ...texts.map((text) => h("p", {}, text))];
}

/** The piece of each answer that the lesson's own test looks for. */
function expectAnswers(shows: readonly Element[]): Element[] {
  const commands = shows.filter((each) => each.matches(".cmd"));
  const answers = commands.flatMap((command, index) => {
    const piece = command.getAttribute("data-shows");
    if (piece === null) return [];
    const which = commands.length > 1 ? ` after command ${index + 1}` : "";
    return [h("li", {}, h("code", {}, piece), `${which}, on ${command.getAttribute("data-try") ?? ""}`)];
  });
  return answers.length === 0 ? [] : [h("h3", {}, "Look for"), h("ul", { class: "goals" }, ...answers)];
}
