// npm run -s exam -- --seed N [--minutes M] [--json | --sit]: tasks, hosts and weights of a practice exam; or sits it by its solutions and measures.

import { readAddress } from "#lessons/_kit/drill.ts";
import { domainOf, drawExam, type ExamDomain, examDomains, examLengths } from "#lessons/_kit/exam.ts";
import { readArguments } from "./arguments.ts";
import { readTemplates } from "./drills.ts";

const usage = `Usage: npm run -s exam -- --seed N [--minutes ${examLengths.join("|")}] [--json | --sit]`;

function refuse(why: string): never {
  console.error(`${why}\n${usage}`);
  process.exit(2);
}

const { values } = readArguments({
  options: {
    seed: { type: "string" },
    minutes: { type: "string", default: "120" },
    json: { type: "boolean" },
    sit: { type: "boolean" },
  },
});
const { seed, minutes: length } = values;
if (seed === undefined) refuse("A seed is missing.");
if (!/^[a-z0-9]{1,16}$/.test(seed)) refuse(`“${seed}” is no seed: 1 to 16 digits or small letters.`);
const minutes = examLengths.find((each) => String(each) === length);
if (minutes === undefined) refuse(`There is no exam of ${length} minutes.`);

const templates = await readTemplates();
const exam = drawExam(templates, /^(0|[1-9]\d{0,14})$/.test(seed) ? Number(seed) : seed, minutes);

async function sit(): Promise<void> {
  const { sitExam } = await import("./exam-sitting.ts");
  const begun = performance.now();
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const sat = await sitExam(exam, ({ id, earned, weight, ms, seconds, open, left }) =>
    console.log(
      `${String(earned).padStart(3)} of ${String(weight).padStart(2)}  ${seconds} s of the machines in ${(ms / 1000).toFixed(1)} s, ${megabytes(open)} with them, ${megabytes(left)} after them  ${id}`,
    ),
  );
  const { user, system } = process.cpuUsage();
  const points = sat.reduce((sum, { earned }) => sum + earned, 0);
  console.log(
    `${points} points; ${((performance.now() - begun) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor; at most ${megabytes(process.resourceUsage().maxRSS * 1024)} resident`,
  );
  process.exitCode = points === 100 ? 0 : 1;
}

if (values.json) {
  console.log(JSON.stringify(exam));
} else if (values.sit) {
  await sit();
} else {
  for (const [at, { title, host, weight, minutes: own, id }] of exam.tasks.entries())
    console.log(
      `${String(at + 1).padStart(2)}  ${String(weight).padStart(2)} points  ssh ${host.padEnd(12)} ${title} (${own} min, ${id})`,
    );
  const found = exam.tasks.map(({ id, weight }) => {
    const template = templates.find((each) => each.id === readAddress(id)?.id);
    return { domain: template && domainOf(template), weight };
  });
  const pointsOf = (domain: ExamDomain | undefined): number =>
    found.filter((each) => each.domain === domain).reduce((sum, { weight }) => sum + weight, 0);
  console.log("\nDomains of the CKS, their share there, and the points here:");
  for (const domain of examDomains)
    console.log(`  ${`${domain.share} %`.padEnd(6)}${domain.name}: ${pointsOf(domain)}`);
  console.log(`  0 %   mending nodes that are down: ${pointsOf(undefined)}`);
  console.log("The kubelet is a small part of the real exam; this one is about little else.");
  console.log(`${exam.tasks.length} tasks in ${exam.minutes} minutes, pass mark ${exam.passMark}`);
}
