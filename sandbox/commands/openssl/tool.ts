// What all openssl subcommands share: options in OpenSSL's manner, input and output, pass phrases, lines of the error queue.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { toHex } from "../../lib/asn1/der.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { toolProfile } from "../profile.ts";
import { CIPHERS, FETCHING, FORMATS, isDigest, NUMERIC } from "./option-words.ts";

/** A subcommand: `-name` or `-name:` (takes a value), `*` for any number of operands, `@` where a digest may stand as an option. */
export interface Subcommand {
  readonly options: string;
  readonly operands?: "none" | "one" | "any";
  /** Digests and ciphers are options of their own: -sha256, -aes256. */
  readonly digests?: boolean;
  readonly ciphers?: boolean;
  run(tool: Tool): Task<number>;
}

/** Names of the libraries by their numbers (include/openssl/err.h). */
const LIBRARIES: Readonly<Record<number, string>> = {
  4: "rsa routines",
  6: "digital envelope routines",
  8: "object identifier routines",
  9: "PEM routines",
  11: "x509 certificate routines",
  13: "asn1 encoding routines",
  14: "configuration file routines",
  15: "common libcrypto routines",
  16: "elliptic curve routines",
  20: "SSL routines",
  32: "BIO routines",
  34: "X509 V3 routines",
  35: "PKCS12 routines",
  40: "UI routines",
  44: "STORE routines",
  57: "Provider routines",
  60: "DECODER routines",
};

/** ERR_GET_LIB: errors of the operating system have the topmost bit, all others their library's number behind it. */
function libraryOf(code: string): string {
  return LIBRARIES[Number.parseInt(code, 16) >>> 23] ?? "system library";
}

/** Ends a subcommand with a status after its message has been printed. */
export class Stop extends Error {
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

export class Tool {
  readonly sys: Sys;
  readonly name: string;
  /** OpenSSL 3.5 of Debian 13, not 3.0 of Debian 12. */
  readonly modern: boolean;
  readonly version: string;
  readonly #values = new Map<string, string[]>();
  readonly operands: string[] = [];
  /** Options in the order given. */
  readonly order: string[] = [];
  #pending: { fd: number; data: Uint8Array }[] = [];

  constructor(sys: Sys, name: string) {
    this.sys = sys;
    this.name = name;
    this.version = toolProfile(sys).versions.openssl;
    this.modern = this.version !== "" && !this.version.startsWith("3.0");
  }

  // --- options ---

  /** Reads the command line, as apps/lib/opt.c does; false: refused, and said so. */
  parse(spec: Subcommand, args: readonly string[]): boolean {
    const known = new Map(spec.options.split(/\s+/).map((word) => [word.replace(/:$/, ""), word.endsWith(":")]));
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as string;
      if (!arg.startsWith("-") || arg === "-") {
        this.operands.push(...args.slice(i));
        break;
      }
      if (arg === "--") {
        this.operands.push(...args.slice(i + 1));
        break;
      }
      const bare = arg.replace(/^--?/, "");
      const at = bare.indexOf("=");
      const name = at < 0 ? bare : bare.slice(0, at);
      const takes = known.get(name);
      if (takes === undefined) {
        if (/-(gcm|ccm|ocb)$/i.test(name) && this.name === "enc") return this.refuse("AEAD ciphers not supported");
        if (spec.digests && isDigest(name)) this.set("digest", name);
        else if (spec.ciphers && CIPHERS.has(name.toLowerCase())) this.set("cipher", name);
        else if (spec.ciphers && !this.modern) {
          this.error(`${this.name}: Unknown cipher: ${name}`);
          this.queue(
            "0308010C",
            "inner_evp_generic_fetch",
            "unsupported",
            "../crypto/evp/evp_fetch.c:349",
            `Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
          );
          return false;
        } else {
          if (this.name === "genrsa") this.error(`genrsa: Unknown option or cipher: ${name}`);
          else if (this.name === "genpkey") this.refuse("");
          else
            this.refuse(
              spec.digests
                ? `Unknown option or message digest: ${name}`
                : spec.ciphers
                  ? `Unknown option or cipher: ${name}`
                  : `Unknown option: -${name}`,
            );
          if (FETCHING.has(this.name))
            this.queue(
              "0308010C",
              "inner_evp_generic_fetch",
              "unsupported",
              "../crypto/evp/evp_fetch.c:376",
              `Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
            );
          return false;
        }
        continue;
      }
      if (!takes) {
        if (at >= 0) return this.refuse(`Option -${name} does not take a value`);
        this.set(name, "");
        continue;
      }
      let value = at < 0 ? undefined : bare.slice(at + 1);
      if (value === undefined) {
        i += 1;
        value = args[i];
      }
      if (value === undefined) return this.refuse(`Option -${name} needs a value`);
      if (NUMERIC.has(name) && !/^-?(0x[0-9a-fA-F]+|\d+)$/.test(value))
        return this.refuse(`Can't parse "${value}" as a number`);
      if (FORMATS.has(name) && !/^(pem|der|p12|text|asn1|b64|http|engine|any)$/i.test(value)) {
        this.error(`${this.name}: Bad format "${value}"`);
        return this.refuse(`Invalid format "${value}" for option -${name}`);
      }
      this.set(name, value);
    }
    if ((spec.operands ?? "none") === "none" && this.operands.length > 0) {
      return this.refuse(this.modern ? `Extra option: "${this.operands[0]}"` : "");
    }
    if (spec.operands === "one" && this.operands.length > 1)
      return this.refuse(this.modern ? `Extra option: "${this.operands[0]}"` : "");
    return true;
  }

  set(name: string, value: string): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
    this.order.push(name);
  }

  refuse(text: string): false {
    if (text !== "") this.error(`${this.name}: ${text}`);
    this.error(`${this.name}: Use -help for summary.`);
    return false;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : Number(value);
  }

  // --- talking ---

  error(line: string): void {
    this.errorText(`${line}\n`);
  }

  errorText(text: string): void {
    this.#pending.push({ fd: 2, data: encode(text) });
  }

  /** A line of the error queue behind the thread's number: `error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:DATA`. */
  queue(code: string, fn: string, reason: string, place: string, data = ""): void {
    const id = toHex(hash("md5", encode(`${this.sys.pid} ${this.sys.now()}`)).subarray(0, 4)).toUpperCase();
    this.error(`40${id}7F0000:error:${code}:${libraryOf(code)}:${fn}:${reason}:${place}:${data}`);
  }

  print(data: string | Uint8Array): void {
    this.#pending.push({ fd: 1, data: typeof data === "string" ? encode(data) : data });
  }

  *flush(): Task {
    const pending = this.#pending;
    this.#pending = [];
    for (let i = 0; i < pending.length; ) {
      const { fd } = pending[i] as { fd: number };
      const parts: Uint8Array[] = [];
      for (; i < pending.length && pending[i]?.fd === fd; i++) parts.push((pending[i] as { data: Uint8Array }).data);
      yield* this.sys.write(fd, concat(parts));
    }
  }

  stop(status = 1): never {
    throw new Stop(status);
  }

  // --- files ---

  /** Bytes of a file, or of stdin where none is named. */
  *readAll(path: string | undefined): Task<Uint8Array | Errno> {
    const fd = path === undefined || path === "-" ? 0 : this.sys.open(path, { read: true });
    if (isErrno(fd)) return fd;
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = yield* this.sys.read(fd);
      if (isErrno(part)) return part;
      if (part.length === 0) break;
      parts.push(part);
    }
    if (fd !== 0) this.sys.close(fd);
    return concat(parts);
  }

  /** Text of an input that is opened with BIO_new_file: its complaint names the file and the call. */
  *readInput(path: string | undefined, mode = "rb"): Task<Uint8Array> {
    const bytes = yield* this.readAll(path);
    if (!isErrno(bytes)) return bytes;
    this.cannotOpen(path ?? "stdin", bytes, mode);
    return this.stop();
  }

  cannotOpen(path: string, problem: Errno, mode: string): void {
    this.error(`Can't open "${path}" for reading, ${problem.text}`);
    this.queueOpen(path, problem, mode);
  }

  /** The two lines that a failed fopen leaves. */
  queueOpen(path: string, problem: Errno, mode: string): void {
    const missing = problem.code === "ENOENT";
    const number =
      { ENOENT: "80000002", EACCES: "8000000D", ENOTDIR: "80000014" }[problem.code as string] ?? "80000005";
    this.queue(number, "BIO_new_file", problem.text, "../crypto/bio/bss_file.c:67", `calling fopen(${path}, ${mode})`);
    if (missing) this.queue("10000080", "BIO_new_file", "no such file", "../crypto/bio/bss_file.c:75");
    else this.queue("10080002", "BIO_new_file", "system lib", "../crypto/bio/bss_file.c:77");
  }

  /** The two lines of a failed BIO_read_filename. */
  queueControl(path: string, code = "80000002", text = "No such file or directory"): void {
    const place = "../crypto/bio/bss_file.c";
    const [at, after] = this.modern ? [299, 302] : [297, 300];
    this.queue(code, "file_ctrl", text, `${place}:${at}`, `calling fopen(${path}, r)`);
    this.queue("10080002", "file_ctrl", "system lib", `${place}:${after}`);
  }

  /** Writes what -out names, or stdout; private files are for their owner alone. */
  *writeOutput(path: string | undefined, data: string | Uint8Array, secret = false): Task {
    if (path === undefined || path === "-") {
      this.print(data);
      return;
    }
    const fd = this.sys.open(path, { write: true, create: true, truncate: true, mode: secret ? 0o600 : 0o666 });
    if (isErrno(fd)) {
      this.error(
        secret
          ? `${this.name}: Can't open "${path}" for writing, ${fd.text}`
          : `Can't open "${path}" for writing, ${fd.text}`,
      );
      if (!secret) this.queueWrite(path, fd);
      return this.stop();
    }
    yield* this.sys.write(fd, data);
    this.sys.close(fd);
  }

  queueWrite(path: string, problem: Errno): void {
    this.queueOpen(path, problem, this.value("outform")?.toLowerCase() === "der" ? "wb" : "w");
  }

  /** Whether an output file can be written, before the long work (genrsa). */
  checkWritable(path: string | undefined): void {
    if (path === undefined || path === "-") return;
    const fd = this.sys.open(path, { write: true, create: true, mode: 0o600 });
    if (!isErrno(fd)) {
      this.sys.close(fd);
      return;
    }
    this.error(`${this.name}: Can't open "${path}" for writing, ${fd.text}`);
    this.stop();
  }

  // --- pass phrases ---

  /** -passin and the like: `pass:`, `file:`, `env:`, `fd:`, `stdin`; undefined where the option was not given. */
  *passArgument(name: string): Task<string | undefined> {
    const source = this.value(name);
    if (source === undefined) return undefined;
    if (source.startsWith("pass:")) return source.slice(5);
    if (source.startsWith("env:")) {
      const value = this.sys.env[source.slice(4)];
      if (value !== undefined) return value;
      this.error(`No environment variable ${source.slice(4)}`);
      this.error(this.name.startsWith("gen") ? "Error getting password" : "Error getting passwords");
      return this.stop();
    }
    const path = source.startsWith("file:") ? source.slice(5) : source === "stdin" ? "-" : undefined;
    if (path === undefined) {
      this.error(
        `Invalid password argument, ${source.includes(":") && source.indexOf(":") < 5 ? `starting with "${source.split(":")[0]}:"` : `missing ':' within the first 5 chars`}`,
      );
      this.error(this.name.startsWith("gen") ? "Error getting password" : "Error getting passwords");
      return this.stop();
    }
    const bytes = yield* this.readAll(path);
    if (isErrno(bytes)) {
      this.error(`Can't open file ${path}`);
      this.error("Error getting passwords");
      return this.stop();
    }
    return decode(bytes).split(/\r?\n/)[0] ?? "";
  }

  /** Asks at the terminal, without echo; undefined where nobody answers. */
  *askPass(prompt: string): Task<string | undefined> {
    const { sys } = this;
    const terminal = sys.open("/dev/tty", { read: true, write: true });
    const [input, output] = isErrno(terminal) ? [0, 2] : [terminal, terminal];
    yield* this.flush();
    yield* sys.write(output, prompt);
    const modes = sys.tcgetattr(input);
    if (!isErrno(modes)) sys.tcsetattr(input, { echo: false });
    const line = yield* sys.read(input);
    if (!isErrno(modes)) sys.tcsetattr(input, { echo: modes.echo });
    yield* sys.write(output, "\n");
    if (!isErrno(terminal)) sys.close(terminal);
    return isErrno(line) || line.length === 0 ? undefined : decode(line).replace(/\n$/, "");
  }

  /** A new pass phrase, asked twice; stops where there is none. */
  *newPass(): Task<string> {
    const given = (yield* this.passArgument("passout")) ?? (yield* this.passArgument("pass"));
    if (given !== undefined) return given;
    const first = yield* this.askPass("Enter PEM pass phrase:");
    if (first !== undefined && first.length >= 4) {
      const second = yield* this.askPass("Verifying - Enter PEM pass phrase:");
      if (second === first) return first;
      this.error("Verify failure");
    }
    this.queue("1400006B", "UI_process", "processing error", "../crypto/ui/ui_lib.c:553", "while reading strings");
    this.queue("0480006D", "PEM_def_callback", "problems getting password", "../crypto/pem/pem_lib.c:62");
    this.queue("07880109", "do_ui_passphrase", "interrupted or cancelled", "../crypto/passphrase.c:178");
    this.queue(
      "1C80009F",
      "p8info_to_encp8",
      "unable to get passphrase",
      "../providers/implementations/encode_decode/encode_key2any.c:122",
    );
    return this.stop();
  }
}

/** A time as `-not_before` takes it: [CC]YYMMDDHHMMSSZ. */
export function parseDate(text: string | undefined): number | undefined {
  const match = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, hour, minute, second);
}
