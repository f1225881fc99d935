import { expect, it } from "vitest";
import { decode, encode } from "./text.ts";
import { createTty, processOutput, takeInput, typeInto } from "./tty.ts";

const terminal = () => createTty(0, { kind: "host", terminal: "t1" }, { columns: 80, rows: 24 });
const type = (tty: ReturnType<typeof terminal>, text: string) => typeInto(tty, encode(text));
const read = (tty: ReturnType<typeof terminal>): string | undefined => {
  const bytes = takeInput(tty, 100);
  return bytes && decode(bytes);
};

it("gives a program whole lines, edited by erase, word erase and kill", () => {
  const tty = terminal();
  expect(type(tty, "caffe\x7fé one two\x17").echo).toBe("caffe\b \bé one two\b \b\b \b\b \b");
  expect(read(tty)).toBeUndefined();
  type(tty, "three\r");
  expect(read(tty)).toBe("caffé one three\n");
  expect(type(tty, "gone\x15x\r").echo.endsWith("x\n")).toBe(true);
  expect(read(tty)).toBe("x\n");
});

it("makes signals of ^C, ^Z and ^\\, throws the line away, and passes them raw when told", () => {
  const tty = terminal();
  expect(type(tty, "half\x03")).toEqual({ echo: "half^C", signals: ["SIGINT"] });
  expect(type(tty, "\x1a\x1c").signals).toEqual(["SIGTSTP", "SIGQUIT"]);
  Object.assign(tty.modes, { icanon: false, echo: false, isig: false, icrnl: false });
  expect(type(tty, "\x03\r")).toEqual({ echo: "", signals: [] });
  expect(read(tty)).toBe("\x03\r");
});

it("ends a file at ^D on an empty line, and hands a half line over elsewhere", () => {
  const tty = terminal();
  type(tty, "ab\x04\x04");
  expect(read(tty)).toBe("ab");
  expect(read(tty)).toBe("");
  tty.hungUp = true;
  expect(read(tty)).toBe("");
});

it("turns line feeds into carriage return and line feed unless output is raw", () => {
  const tty = terminal();
  expect(decode(processOutput(tty, encode("a\nb\n")))).toBe("a\r\nb\r\n");
  tty.modes.opost = false;
  expect(decode(processOutput(tty, encode("a\nb\n")))).toBe("a\nb\n");
});
