// Who set an exam whose result came in: asks the hub of this address whether its signature is on the settings. It says nothing of who sat it.

import type { ExamSettings } from "../../exam/attempt.ts";
import type { ExamChecked, IssuedExam } from "../../hub/api/index.ts";
import { askHub } from "../hub/api.ts";

/** In words, as a cell of a table. */
export async function describeIssuer({ seed, minutes, issued }: ExamSettings): Promise<string> {
  if (issued === undefined) return "not by a hub";
  const answer = await askHub<ExamChecked>("/exams/check", { seed, minutes, ...issued } satisfies IssuedExam);
  if (!answer.ok)
    return answer.word === undefined ? "by a hub; none answers here" : "by a hub; this one could not tell";
  if (!answer.value.issued) return "not by this hub, though it says by a hub";
  const at = new Date(issued.at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  return `by this hub, ${at}`;
}
