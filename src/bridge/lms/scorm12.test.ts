import { Scorm12API } from "scorm-again";
import { expect, test } from "vitest";
import { ScormSession, timespan } from "./scorm12.ts";

const began = 1_000_000;
const standing = { passed: 3, total: 12, done: false, place: "lessons/a/b/index.html" };

function platform(): InstanceType<typeof Scorm12API> {
  return new Scorm12API({ autocommit: false, logLevel: 4 });
}

test("a session is told and taken up again, as a platform's own API keeps it", () => {
  const api = platform();
  const session = new ScormSession(api, began);
  expect([session.suspended, session.place]).toEqual(["", ""]);
  session.tell(standing, "kc1-progress-x-00000000");
  expect(api.cmi.core.lesson_status).toBe("incomplete");
  expect(api.cmi.core.score.raw).toBe("25");
  expect(api.LMSGetLastError()).toBe("0");
  session.end(began + 3_723_000);
  expect(api.cmi.getCurrentTotalTime()).toBe("01:02:03");
  expect(api.isTerminated()).toBe(true);
  expect(api.cmi.suspend_data).toBe("kc1-progress-x-00000000");
  expect(api.cmi.core.lesson_location).toBe("lessons/a/b/index.html");
});

test("completed is never taken back", () => {
  const api = platform();
  const session = new ScormSession(api, began);
  session.tell({ ...standing, passed: 12, done: true }, "");
  expect(api.cmi.core.lesson_status).toBe("completed");
  session.tell({ ...standing, passed: 2 }, "");
  expect(api.cmi.core.lesson_status).toBe("completed");
  expect(api.cmi.core.score.raw).toBe("17");
});

test("what does not fit into suspend_data is not sent", () => {
  const api = platform();
  const session = new ScormSession(api, began);
  session.tell(standing, "x".repeat(5000));
  expect(api.LMSGetLastError()).toBe("0");
  expect(api.cmi.suspend_data).toBe("");
});

test.each([
  [0, "0000:00:00"],
  [59_999, "0000:00:59"],
  [360_000_000, "0100:00:00"],
])("%i ms are %s", (ms, words) => {
  expect(timespan(ms)).toBe(words);
});
