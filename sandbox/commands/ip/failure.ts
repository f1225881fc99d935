// How ip ends where its words are wrong: the message and the exit status of each kind of mistake.

/** A command line that ip cannot follow; `run` of ip prints it. */
export class Failure {
  readonly text: string;
  readonly status: number;

  constructor(text: string, status: number) {
    this.text = text;
    this.status = status;
  }
}

export const incomplete = () => new Failure('Command line is not complete. Try option "help"', 255);
export const required = (what: string) => new Failure(`Not enough information: "${what}" argument is required.`, 255);
export const garbage = (key: string, word: string) =>
  new Failure(`Error: either "${key}" is duplicate, or "${word}" is garbage.`, 255);
export const wrongArgument = (word: string, why: string) =>
  new Failure(`Error: argument "${word}" is wrong: ${why}\n`, 255);
export const noDevice = (name: string) => new Failure(`Cannot find device "${name}"`, 1);
export const noPrefix = (word: string) => new Failure(`Error: any valid prefix is expected rather than "${word}".`, 1);
export const refused = (why: string) => new Failure(`RTNETLINK answers: ${why}`, 2);
export const unknownCommand = (object: string, word: string) =>
  new Failure(`Command "${word}" is unknown, try "ip ${object} help".`, 255);

/** Whether a word is `default`, `all` or an address with or without a prefix length. */
export function isPrefix(word: string): boolean {
  if (/^(default|any|all)$/.test(word)) return true;
  const [base = "", bits] = word.split("/");
  if (/^[\da-f:.]*:[\da-f:.]*$/i.test(base)) return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= 128);
  const parts = base.split(".");
  if (parts.length > 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) < 256)) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= 32);
}
