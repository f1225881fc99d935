// The lessons collection: prose under lessons/PART/LESSON/index.mdx; ordering numbers of folders are not part of an id.

import { defineCollection } from "astro:content";
import { glob } from "astro/loaders";
import { z } from "astro/zod";

/** `30-who-goes-there/050-turn-strangers-away/index.mdx` becomes `who-goes-there/turn-strangers-away`. */
function stripNumbers(entry: string): string {
  return entry
    .replace(/\/index\.mdx$/, "")
    .split("/")
    .map((name) => name.replace(/^\d+-/, ""))
    .join("/");
}

const lessons = defineCollection({
  loader: glob({
    base: "./lessons",
    pattern: "[0-9]*-*/[0-9]*-*/index.mdx",
    generateId: ({ entry }) => stripNumbers(entry),
  }),
  schema: z.object({
    /** As on the chart. */
    title: z.string().min(1),
    /** One sentence: what the learner can do afterwards. Also the description of the page. */
    goal: z.string().min(1),
    /** Reading and doing, 8 to 15. */
    minutes: z.number().int().min(5).max(20),
    /** The opening paragraph in larger type. */
    lead: z.string().optional(),
    /** The machine whose terminal is in front at the start. */
    startOn: z.string().default("node01"),
    /** Files offered first in the editor, as MACHINE:PATH. */
    files: z.array(z.string().regex(/^[a-z0-9-]+:\//)).default([]),
  }),
});

export const collections = { lessons };
