// What drills are about, in words, and the lessons where each is taught.

import type { Topic } from "#lessons/_kit/drill.ts";

export interface TopicWords {
  readonly id: Topic;
  readonly title: string;
  /** Ids of the lessons, the first to go back to first. */
  readonly lessons: readonly string[];
}

/** In the order of the voyage. */
export const topics: readonly TopicWords[] = [
  {
    id: "settings",
    title: "Where a setting comes from",
    lessons: ["sign-on/the-ships-papers", "ship-shape/provisions"],
  },
  {
    id: "node",
    title: "A node that does not come up",
    lessons: ["sign-on/commission-the-captain", "ship-shape/dry-dock"],
  },
  {
    id: "authentication",
    title: "Who goes there?",
    lessons: [
      "who-goes-there/turn-strangers-away",
      "who-goes-there/show-your-papers",
      "who-goes-there/letters-of-marque",
    ],
  },
  {
    id: "authorization",
    title: "By whose order?",
    lessons: ["by-whose-order/ask-the-harbour", "ship-shape/the-crews-rights"],
  },
  {
    id: "ports",
    title: "Ports and addresses",
    lessons: ["by-whose-order/close-the-hatch", "sealed-dispatches/moor-with-care"],
  },
  {
    id: "certificates",
    title: "Certificates",
    lessons: ["sealed-dispatches/sealed-dispatches", "sealed-dispatches/fresh-seals"],
  },
  { id: "files", title: "Owners and modes", lessons: ["ship-shape/locked-cabinets"] },
  {
    id: "cluster",
    title: "The harbour’s side",
    lessons: ["ship-shape/cargo-rules", "ship-shape/the-log-book", "inspection/the-surveyor"],
  },
];

/** Words for a topic. */
export function findTopic(id: string): TopicWords | undefined {
  return topics.find((topic) => topic.id === id);
}
