// Where an answer goes: the terminal, a pipe or a file; headers with -i, -I and -D; bold names on a terminal.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { ClientResponse } from "../../lib/http/client.ts";
import type { CurlError } from "./connecting.ts";
import type { Console } from "./console.ts";
import type { Operation } from "./settings.ts";
import { type CurlUrl, parseUrl } from "./url.ts";
import type { CurlVersion } from "./versions.ts";

export interface Output {
  /** The body is shown on a terminal, so there is no progress meter. */
  readonly toTerminal: boolean;
  readonly filename: string | undefined;
  /** -O of an URL that has no name: 7.88 refuses before it connects. */
  readonly nameless: boolean;
  head(response: ClientResponse, url: CurlUrl): Task<CurlError | undefined>;
  body(bytes: Uint8Array): Task<CurlError | undefined>;
  finish(): Task<CurlError | undefined>;
}

/** --no-clobber: the name, or with the first number behind it that no file has. */
function unused(sys: Sys, name: string): string {
  for (let n = 0; n <= 100; n++) {
    const free = n === 0 ? name : `${name}.${n}`;
    if (isErrno(sys.stat(free))) return free;
  }
  return name;
}

export function createOutput(
  sys: Sys,
  console: Console,
  operation: Operation,
  output: string | undefined,
  url: string,
  version: CurlVersion,
): Output {
  const dump = operation.text.get("dump-header");
  let filename =
    output === undefined || output === "-" ? undefined : output === "" ? remoteName(url, version.modern) : output;
  const directory = operation.text.get("output-dir");
  if (filename !== undefined && directory !== undefined) filename = `${directory}/${filename}`;
  const nameless = output === "" && remoteName(url, false) === "" && !version.modern;
  if (output === "" && filename !== undefined && remoteName(url, true) === "" && version.modern) {
    console.warn('No remote file name, uses "curl_response"');
    filename = directory === undefined ? "curl_response" : `${directory}/curl_response`;
  }
  let fd: number | undefined = filename === undefined ? 1 : undefined;
  let dumpFd: number | undefined;
  let checked = output === "-";
  const terminal = sys.isatty(1);
  const toTerminal = terminal && fd === 1;
  const withHeaders = operation.on.has("include") || operation.head;

  const trouble = (count: number): CurlError => ({
    code: 23,
    text: version.modern ? `client returned ERROR on write of ${count} bytes` : "Failure writing output to destination",
  });

  /** Opens the file at the first byte. */
  function open(): boolean {
    if (fd !== undefined) return true;
    const name = filename as string;
    if (operation.on.has("create-dirs")) makeDirectories(sys, name);
    const free = operation.text.get("clobber") === "" ? unused(sys, name) : name;
    filename = free;
    const made = nameless ? undefined : sys.open(free, { write: true, create: true, truncate: true });
    if (made === undefined || isErrno(made)) {
      if (made !== undefined) console.warn(`Failed to open the file ${name}: ${made.text}`);
      return false;
    }
    fd = made;
    return true;
  }

  function* put(bytes: Uint8Array | string): Task<CurlError | undefined> {
    const count = bytes.length;
    if (!open()) {
      yield* console.flush();
      return trouble(count);
    }
    yield* console.flush();
    const done = yield* sys.write(fd as number, bytes);
    return isErrno(done) ? trouble(count) : undefined;
  }

  return {
    toTerminal,
    nameless,
    get filename() {
      return filename;
    },
    *head(response, at) {
      const lines = [
        response.line,
        ...response.headers.list
          .filter(
            ([name]) =>
              at.scheme !== "https" || response.line.startsWith("HTTP/1") || name.toLowerCase() !== "transfer-encoding",
          )
          .map(([name, value]) => `${name}: ${value}`),
        "",
      ];
      const own = operation.on.has("remote-header-name") && output === "" ? named(response) : undefined;
      if (own !== undefined) {
        filename = directory === undefined ? own : `${directory}/${own}`;
        const old = sys.stat(filename);
        if (!isErrno(old)) {
          // A name that the server chose overwrites nothing.
          console.warn(`Failed to open the file ${filename}: File exists`);
          const line = response.headers.list.find(([name]) => name.toLowerCase() === "content-disposition");
          return trouble(`${line?.[0]}: ${line?.[1]}\r\n`.length);
        }
      }
      if (dump !== undefined) {
        dumpFd ??= openDump(sys, dump);
        yield* sys.write(dumpFd ?? 1, `${lines.join("\r\n")}\r\n`);
      }
      if (!withHeaders) return undefined;
      const styled = toTerminal && console.settings.styled;
      // The end of a link stands behind its line.
      const text = lines
        .map((line) => (styled ? style(line, at, version) : line))
        .map((line) => (line.endsWith(LINK_END) ? `${line.slice(0, -LINK_END.length)}\r\n${LINK_END}` : `${line}\r\n`));
      return yield* put(text.join(""));
    },
    *body(bytes) {
      if (toTerminal && !checked && bytes.subarray(0, 2000).includes(0)) {
        console.warn(
          'Binary output can mess up your terminal. Use "--output -" to tell curl to output it to your terminal anyway, or consider "--output <FILE>" to save to a file.',
        );
        return trouble(bytes.length);
      }
      checked = true;
      return yield* put(bytes);
    },
    *finish() {
      // An empty body still makes the file.
      if (filename !== undefined && fd === undefined && !open()) return trouble(0);
      if (fd !== undefined && fd !== 1) sys.close(fd);
      if (dumpFd !== undefined && dumpFd !== 1) sys.close(dumpFd);
      yield* console.flush();
      return undefined;
    },
  };
}

const LINK_END = "\x1b]8;;\x1b\\";

/** Bold names; a Location is a link (OSC 8). */
function style(line: string, url: CurlUrl, version: CurlVersion): string {
  const at = line.indexOf(":");
  if (at < 0 || line.startsWith("HTTP/")) return line;
  const [name, value] = [line.slice(0, at), line.slice(at + 1).trimStart()];
  const bold = `\x1b[1m${name}\x1b[0m:`;
  if (name.toLowerCase() !== "location") return bold + line.slice(at + 1);
  const target = parseUrl(value, version.modern, url);
  return "code" in target ? bold + line.slice(at + 1) : `${bold} \x1b]8;;${target.text}\x1b\\${value}${LINK_END}`;
}

/** The last part of the path; from 8.10 on a slash at its end does not count. */
function remoteName(url: string, modern: boolean): string {
  const path = /^[a-z]+:\/*[^/]+\/(.*)$/i.exec(url.replace(/[?#].*$/, ""))?.[1] ?? "";
  return path.replace(modern ? /\/$/ : "", "").replace(/^.*\//, "");
}

function named(response: ClientResponse): string | undefined {
  const match = /filename="?([^";]+)/i.exec(response.headers.get("content-disposition") ?? "");
  return match?.[1]?.replace(/^.*\//, "");
}

function openDump(sys: Sys, file: string): number | undefined {
  if (file === "-") return 1;
  const fd = sys.open(file, { write: true, create: true, truncate: true });
  return isErrno(fd) ? undefined : fd;
}

function makeDirectories(sys: Sys, file: string): void {
  const parts = file.split("/").slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const path = parts.slice(0, i).join("/");
    if (path !== "") sys.mkdir(path, 0o750);
  }
}
