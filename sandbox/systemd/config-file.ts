// The syntax of unit files: sections, assignments, comments, continued lines. Knows no keys; gives line numbers and what PID 1 would complain about.

/** A line of the journal about a file's line: priority and text (without `FILE:LINE: `). */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly priority: number;
  readonly text: string;
}

export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** What an assignment's reader may answer: "fatal" ends the reading of the file, as ENOEXEC does in PID 1. */
export type AssignmentResult = "fatal" | undefined;

const ERR = 3;
const WARNING = 4;

/** Lines as PID 1 reads them: LF, CR LF or CR end a line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n\r|\n|\r|\0/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

interface Reader {
  readonly file: string;
  readonly sections: readonly string[];
  readonly quietSections: readonly string[];
  readonly complain: (complaint: Complaint) => void;
  readonly assign: (assignment: Assignment) => AssignmentResult;
  section: string | undefined;
  ignored: boolean;
}

/** Reads one whole (unfolded) line. False: the file is broken and reading ends. */
function readLine(reader: Reader, raw: string, line: number): boolean {
  const text = raw.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
  if (text === "") return true;
  const complain = (priority: number, message: string) =>
    reader.complain({ file: reader.file, line, priority, text: message });
  if (/[\udc80-\udcff]/.test(text) && !text.isWellFormed()) {
    complain(ERR, `String is not UTF-8 clean, ignoring assignment: ${text}`);
    return true;
  }
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) {
      complain(ERR, `Invalid section header '${text}'`);
      return false;
    }
    const name = text.slice(1, -1);
    reader.ignored = !reader.sections.includes(name);
    reader.section = reader.ignored ? undefined : name;
    const quiet = name.startsWith("X-") || reader.quietSections.includes(name);
    if (reader.ignored && !quiet) complain(WARNING, `Unknown section '${name}'. Ignoring.`);
    return true;
  }
  if (reader.section === undefined) {
    if (!reader.ignored) complain(WARNING, "Assignment outside of section. Ignoring.");
    return true;
  }
  const equals = text.indexOf("=");
  if (equals < 0) complain(WARNING, "Missing '=', ignoring line.");
  else if (equals === 0) complain(WARNING, "Missing key name before '=', ignoring line.");
  else {
    const key = text.slice(0, equals).replace(/[ \t\n\r]+$/, "");
    const value = text.slice(equals + 1).replace(/^[ \t\n\r]+/, "");
    return reader.assign({ section: reader.section, key, value, line }) !== "fatal";
  }
  return true;
}

/**
 * Reads a file. Sections not in `sections` are complained about unless in `quietSections`.
 * False where the file is broken so that the rest was not read.
 */
export function readConfig(
  file: string,
  text: string,
  sections: readonly string[],
  assign: (assignment: Assignment) => AssignmentResult,
  complain: (complaint: Complaint) => void,
  quietSections: readonly string[] = [],
): boolean {
  const reader: Reader = { file, sections, quietSections, complain, assign, section: undefined, ignored: false };
  let continued: string | undefined;
  let line = 0;
  for (const raw of splitLines(text.replace(/^\ufeff/, ""))) {
    line += 1;
    const stripped = raw.replace(/^[ \t\n\r]+/, "");
    // Comments are skipped even inside a continued line, and the continuation goes on.
    if (stripped.startsWith("#") || stripped.startsWith(";")) continue;
    const whole = continued === undefined ? stripped : continued + raw;
    const backslashes = /\\*$/.exec(whole)?.[0].length ?? 0;
    if (backslashes % 2 === 1) {
      continued = `${whole.slice(0, -1)} `;
      continue;
    }
    continued = undefined;
    if (!readLine(reader, whole, line)) return false;
  }
  return continued === undefined || readLine(reader, continued, line + 1);
}
