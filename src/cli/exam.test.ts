// Exams of many seeds: what every one of them keeps to.

import { describe, expect, it } from "vitest";
import { makeDrill, readAddress } from "#lessons/_kit/drill.ts";
import { drawExam, examBands, examLengths } from "#lessons/_kit/exam.ts";
import { readTemplates } from "./drills.ts";

const templates = await readTemplates();
const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
const count = (hosts: readonly string[], host: string): number => hosts.filter((each) => each === host).length;

describe.each(examLengths)("exams of %i minutes", (minutes) => {
  const band = examBands[minutes];

  it("keep to their band for seeds 1 to 200", () => {
    for (const seed of seeds) {
      const { tasks, passMark, ...exam } = drawExam(templates, seed, minutes);
      const named = tasks.map(({ id }) => readAddress(id));
      const drawn = named.map((each) => templates.find(({ id }) => id === each?.id));
      const hosts = tasks.map(({ host }) => host);
      const level = drawn.reduce((sum, template) => sum + (template?.level ?? 0), 0) / tasks.length;
      const time = tasks.reduce((sum, task) => sum + task.minutes, 0) / minutes;
      const about = new Set(drawn.map((template) => template?.topic));

      expect({ ...exam, passMark }).toEqual({ seed, minutes, passMark: 67 });
      expect(tasks.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
      expect(tasks.every(({ weight }) => Number.isInteger(weight) && weight >= 2 && weight <= band.weight)).toBe(true);
      expect(tasks.length).toBeGreaterThanOrEqual(band.tasks[0]);
      expect(tasks.length).toBeLessThanOrEqual(band.tasks[1]);
      expect(new Set(named.map((each) => each?.id)).size).toBe(tasks.length);
      expect(drawn.every((template) => template?.use.includes("task"))).toBe(true);
      expect(new Set(hosts).size).toBeGreaterThanOrEqual(band.hosts);
      for (const host of hosts) expect(count(hosts, host) / hosts.length).toBeLessThanOrEqual(band.hostShare);
      expect(level).toBeGreaterThanOrEqual(band.level[0]);
      expect(level).toBeLessThanOrEqual(band.level[1]);
      expect(time).toBeGreaterThanOrEqual(band.time[0]);
      expect(time).toBeLessThanOrEqual(band.time[1]);
      expect(about.size).toBeGreaterThanOrEqual(band.topics);
      expect(drawn.filter((template) => template?.id.startsWith("incident-")).length).toBeLessThanOrEqual(
        band.incidents,
      );
    }
  });
});

it("a seed gives the same exam again, its tasks name the host of their drill, and other seeds give others", () => {
  const exam = drawExam(templates, 7, 120);
  expect(drawExam(templates.toReversed(), 7, 120)).toEqual(exam);
  for (const { id, host, title } of exam.tasks) {
    const named = readAddress(id);
    const template = templates.find((each) => each.id === named?.id);
    expect(template?.title).toBe(title);
    expect(template && makeDrill(template, named?.seed ?? "").host).toBe(host);
  }
  const all = new Set(seeds.map((seed) => JSON.stringify(drawExam(templates, seed, 120).tasks)));
  expect(all.size).toBe(seeds.length);
});
