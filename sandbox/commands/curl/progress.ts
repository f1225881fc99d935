// The progress meter: shown where the body does not go to a terminal, first empty, then whole.

import type { Console } from "./console.ts";

const HEAD =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n";

export interface Progress {
  /** The first, empty update; the head line only where asked for. */
  begin(head: boolean): void;
  /** After an end, where a redirect is followed. */
  resume(): void;
  /** Nothing more will be shown. */
  drop(): void;
  end(
    state: { received: number; expected: number | undefined; sent: number; toSend: number; ms: number },
    done: boolean,
  ): void;
}

export function createProgress(console: Console, visible: boolean): Progress {
  let begun = false;
  return {
    resume() {
      begun = visible;
    },
    begin(head) {
      if (!visible || begun) return;
      begun = true;
      if (console.settings.progressBar) return;
      console.put(
        `${head ? HEAD : ""}\r${meterLine({ received: 0, expected: undefined, sent: 0, toSend: 0, ms: 0 }, 0)}`,
      );
    },
    drop() {
      begun = false;
    },
    end(state, done) {
      if (!begun) return;
      begun = false;
      if (console.settings.progressBar) {
        console.put(done ? `\r${"#".repeat(72)} 100.0%\n` : "\n");
        return;
      }
      for (let second = 1; second * 1000 < state.ms; second++)
        console.put(`\r${meterLine({ ...state, ms: 0 }, second)}`);
      console.put(`\r${meterLine(state, Math.floor(state.ms / 1000))}\n`);
    },
  };
}

/** Five columns for any number of bytes (max5data). */
function fiveColumns(bytes: number): string {
  const K = 1024;
  if (bytes < 100_000) return String(bytes).padStart(5);
  if (bytes < 10_000 * K) return `${String(Math.floor(bytes / K)).padStart(4)}k`;
  if (bytes < 100 * K * K) return `${(bytes / K / K).toFixed(1).padStart(4)}M`;
  if (bytes < 10_000 * K * K) return `${String(Math.floor(bytes / K / K)).padStart(4)}M`;
  return `${(bytes / K / K / K).toFixed(1).padStart(4)}G`;
}

function meterLine(
  state: { received: number; expected: number | undefined; sent: number; toSend: number; ms: number },
  seconds: number,
): string {
  const { received, expected, sent, toSend, ms } = state;
  const percent = (part: number, whole: number) => String(whole > 0 ? Math.floor((part * 100) / whole) : 0).padStart(3);
  const total = (expected ?? received) + Math.max(sent, toSend);
  // fidelity: transfers take no virtual time; the rate is that of a connection inside a machine, some ten milliseconds.
  const spent = ms > 0 ? ms : 9 + ((received * 7) % 23);
  const rate = (bytes: number) => fiveColumns(Math.floor((bytes * 1000) / spent));
  const time =
    seconds > 0
      ? `  0:${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
      : " --:--:--";
  return [
    `${percent(received + sent, total)} ${fiveColumns(total)}`,
    `  ${percent(received, expected ?? 0)} ${fiveColumns(received)}`,
    `  ${percent(sent, toSend)} ${fiveColumns(sent)}`,
    `  ${rate(received)}  ${rate(sent)}`,
    ` --:--:--${time} --:--:-- ${rate(received + sent)}`,
  ].join("");
}
