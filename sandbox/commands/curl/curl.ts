// curl: the run over all URLs, its exit status and messages.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { methodClash } from "./clash.ts";
import { type Console, createConsole, errorDescriptor } from "./console.ts";
import { createCookies, formatCookieFile, readCookieFile } from "./cookies.ts";
import { helpText } from "./help.ts";
import type { Run } from "./run.ts";
import { createSettings, interpret, type Operation, readUserConfig } from "./settings.ts";
import { type Outcome, transfer } from "./transfer.ts";
import { expandGlob } from "./url.ts";
import { curlVersion } from "./versions.ts";
import { formatWriteOut } from "./write-out.ts";

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  const version = curlVersion(sys);
  sys.sigaction("SIGPIPE", "ignore");
  const settings = createSettings();
  yield* readUserConfig(sys, argv.slice(1), version.modern, settings);
  const said = yield* interpret(sys, argv.slice(1), version.modern, settings);
  const console = createConsole(sys, settings, errorDescriptor(sys, settings));
  for (const text of said.warnings) console.warn(text);
  for (const note of settings.silent ? [] : said.notes) console.put(`curl: ${note}\n`);
  if (said.unmodelled !== undefined && said.refusal === undefined) {
    console.put(`curl: ${said.unmodelled} is not modelled in this sandbox\n`);
    yield* console.flush();
    return 2;
  }
  if (said.refusal !== undefined) {
    const { given, reason, status } = said.refusal;
    console.put(`curl: option ${given}: ${reason}\n${HINT}`);
    yield* console.flush();
    return status;
  }
  if (settings.action !== undefined) {
    const text = {
      help: helpText(version.modern, settings.helpSubject),
      version: version.about,
      manual: "curl: the manual is not modelled in this sandbox\n",
    }[settings.action];
    yield* sys.write(1, text);
    return 0;
  }
  const run: Run = {
    sys,
    console,
    version,
    cookies: createCookies(),
    kept: undefined,
    nextConnection: 0,
    streams: 0,
    endMeter() {},
    resumeMeter() {},
  };
  let status = 0;
  let counted = 0;
  for (const operation of settings.operations) {
    const both = methodClash(operation);
    if (both !== undefined && version.modern) {
      console.warn(both);
      yield* console.flush();
      return 2;
    }
    if (operation.urls.length === 0) {
      if (settings.operations.length > 1 && counted > 0) break;
      console.put(
        argv.length === 1
          ? HINT
          : version.modern
            ? `curl: (2) no URL specified\n${HINT}`
            : `curl: no URL specified!\n${HINT}`,
      );
      yield* console.flush();
      return 2;
    }
    prepare(run, operation);
    status = yield* runOperation(run, operation, counted);
    counted += operation.urls.length;
    writeCookies(run, operation);
    if (operation.text.get("cookie-jar") === "-") yield* sys.write(1, formatCookieFile(run.cookies));
    if (status !== 0 && settings.failEarly) break;
  }
  yield* console.flush();
  if (run.kept !== undefined) yield* run.kept.close();
  return status;
}

/** Cookies to begin with, and the remarks on odd combinations. */
function prepare(run: Run, operation: Operation): void {
  const { sys, console } = run;
  run.cookies.literal.length = 0;
  for (const cookie of operation.cookies) {
    if (cookie.includes("=")) run.cookies.literal.push(cookie);
    else {
      const bytes = sys.readFile(cookie);
      if (!isErrno(bytes)) readCookieFile(run.cookies, decode(bytes));
    }
  }
  const { request } = operation;
  const implied =
    operation.uploads.length > 0
      ? "PUT"
      : operation.head
        ? "HEAD"
        : operation.form.length > 0 || (operation.data !== undefined && !operation.get)
          ? "POST"
          : "GET";
  if (request !== undefined && request.toUpperCase() === implied && console.settings.verbose) {
    console.put(`Note: Unnecessary use of -X or --request, ${implied} is already inferred.\n`);
  } else if (request?.toUpperCase() === "HEAD") {
    console.warn(
      "Setting custom HTTP method to HEAD with -X/--request may not work the way you want. Consider using -I/--head instead.",
    );
  }
}

function writeCookies(run: Run, operation: Operation): void {
  const jar = operation.text.get("cookie-jar");
  if (jar === undefined) return;
  if (jar === "-") {
    return;
  }
  const failed = run.sys.writeFile(jar, formatCookieFile(run.cookies), { mode: 0o644 });
  if (failed !== undefined) run.console.warn(`failed to save cookies in ${jar}: ${failed.text}`);
}

function* runOperation(run: Run, operation: Operation, counted: number): Task<number> {
  const { console, version } = run;
  let status = 0;
  let number = counted;
  if (operation.outputs.length > operation.urls.length) {
    console.warn("Got more output options than URLs");
  }
  for (const [i, pattern] of operation.urls.entries()) {
    const urls = operation.on.has("globoff")
      ? [{ url: pattern, words: [] as readonly string[] }]
      : expandGlob(pattern, version.modern);
    if ("code" in urls) {
      const quiet = urls.text === "" || (console.settings.silent && !console.settings.showError);
      if (!quiet) console.put(`curl: (${urls.code}) ${urls.text}\n`);
      yield* console.flush();
      return urls.code;
    }
    for (const { url, words } of urls) {
      const wanted = operation.outputs[i] ?? (operation.on.has("remote-name-all") ? "" : undefined);
      const output =
        wanted === undefined || wanted === ""
          ? wanted
          : wanted.replace(/#(\d+)/g, (whole, digit: string) => words[Number(digit) - 1] ?? whole);
      const skipped = yield* readEtag(run, operation);
      if (skipped !== undefined) return skipped;
      const outcome = yield* withRetries(run, operation, url, output, operation.uploads[i], number);
      number += 1;
      status = outcome.error?.code ?? 0;
      const saves = operation.text.get("etag-save");
      const tag = outcome.facts.headers.find(([name]) => name.toLowerCase() === "etag")?.[1];
      if (saves && tag !== undefined) run.sys.writeFile(saves, `${tag}\n`);
      yield* report(run, outcome, operation);
      if (status !== 0 && console.settings.failEarly) return status;
    }
  }
  return status;
}

/** --etag-compare asks with the tag of a file; --etag-save must be able to write its own. A status: the transfer is left out. */
function* readEtag({ sys, console }: Run, operation: Operation): Task<number | undefined> {
  const compare = operation.text.get("etag-compare");
  if (compare) {
    const bytes = sys.readFile(compare);
    const tag = isErrno(bytes) ? "" : decode(bytes).split("\n")[0];
    operation.headers.push(`If-None-Match: ${tag || '""'}`);
  }
  const save = operation.text.get("etag-save");
  if (!save) return undefined;
  const fd = sys.open(save, { write: true, create: true });
  if (!isErrno(fd)) {
    sys.close(fd);
    return undefined;
  }
  console.warn(`Failed creating file for saving etags: "${save}". Skip this transfer`);
  if (!console.settings.silent) console.put("curl: no transfer performed\n");
  yield* console.flush();
  return 26;
}

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** --retry: for timeouts, transient answers, and refused connections where asked for. */
function* withRetries(
  run: Run,
  operation: Operation,
  url: string,
  output: string | undefined,
  upload: string | undefined,
  number: number,
): Task<Outcome> {
  let again = false;
  let left = Number(operation.text.get("retry") ?? 0);
  let wait = Number(operation.text.get("retry-delay") ?? 0);
  for (let delay = wait || 1; ; delay = wait || Math.min(600, delay * 2)) {
    const outcome = yield* transfer(run, operation, url, output, upload, number, again);
    again = true;
    const why = retryReason(outcome, operation);
    if (why === undefined || left <= 0) return outcome;
    left -= 1;
    yield* report(run, outcome, operation, false);
    wait = Number(operation.text.get("retry-delay") ?? 0);
    const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : word === "retry" ? "" : "s"}`;
    const retries = left + 1 === 1 ? "1 retry" : `${left + 1} retries`;
    run.console.warn(
      run.version.modern
        ? `Problem ${why.startsWith("(") ? "" : ": "}${why}. Will retry in ${plural(delay, "second")}. ${retries} left.`
        : `Problem : ${why}. Will retry in ${delay} seconds. ${left + 1} retries left.`,
    );
    yield* run.console.flush();
    yield* run.sys.sleep(delay * 1000);
  }
}

function retryReason({ error, facts }: Outcome, operation: Operation): string | undefined {
  if (error === undefined || error.code === 22)
    return TRANSIENT.has(facts.status)
      ? "HTTP error"
      : operation.on.has("retry-all-errors") && error !== undefined
        ? "(retrying all errors)"
        : undefined;
  if (error.code === 28) return "timeout";
  if (error.code === 6) return "timeout";
  if (error.code === 7 && operation.on.has("retry-connrefused")) return "connection refused";
  return operation.on.has("retry-all-errors") ? "(retrying all errors)" : undefined;
}

const ADVICE = (page: string) =>
  `More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the ${page} mentioned above.\n`;

/** Message of a failure and what -w asks for. */
function* report({ sys, console, version }: Run, { error, facts }: Outcome, operation: Operation, last = true): Task {
  const { settings } = console;
  const format = operation.text.get("write-out");
  if (error !== undefined && error.text !== "" && (!settings.silent || settings.showError)) {
    console.put(`curl: (${error.code}) ${error.text}\n`);
    if (error.code === 60) console.put(ADVICE(version.page));
  }
  yield* console.flush();
  if (last && format !== undefined) yield* writeOut(sys, console, format, facts);
}

function* writeOut(sys: Sys, console: Console, format: string, facts: Outcome["facts"]): Task {
  const written = new Set<string>();
  for (const { to, text } of formatWriteOut(format, facts)) {
    if (to === "stderr") console.put(text);
    else if (to === "stdout") {
      yield* console.flush();
      yield* console.out(text);
    } else sys.writeFile(to.replace(/^>>/, ""), text, { append: to.startsWith(">>") || written.has(to) });
    written.add(to);
  }
  yield* console.flush();
}

export const curl: Program = { name: "curl", main };
