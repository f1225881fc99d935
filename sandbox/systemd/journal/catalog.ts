// The message catalog (`journalctl -x`): explanations by message id, in the words of systemd's own catalog.

import type { Entry } from "./file.ts";

const TEXTS: Readonly<Record<string, readonly [subject: string, body: string]>> = {
  "7d4958e842da4a758f6c1cdc7b36dcc5": [
    "A start job for unit @UNIT@ has begun execution",
    "A start job for unit @UNIT@ has begun execution.\n\nThe job identifier is @JOB_ID@.",
  ],
  "39f53479d3a045ac8e11786248231fbf": [
    "A start job for unit @UNIT@ has finished successfully",
    "A start job for unit @UNIT@ has finished successfully.\n\nThe job identifier is @JOB_ID@.",
  ],
  be02cf6855d2428ba40df7e9d022f03d: [
    "A start job for unit @UNIT@ has failed",
    "A start job for unit @UNIT@ has finished with a failure.\n\nThe job identifier is @JOB_ID@ and the job result is @JOB_RESULT@.",
  ],
  de5b426a63be47a7b6ac3eaac82e2f6f: [
    "A stop job for unit @UNIT@ has begun execution",
    "A stop job for unit @UNIT@ has begun execution.\n\nThe job identifier is @JOB_ID@.",
  ],
  "9d1aaa27d60140bd96365438aad20286": [
    "A stop job for unit @UNIT@ has finished",
    "A stop job for unit @UNIT@ has finished.\n\nThe job identifier is @JOB_ID@ and the job result is @JOB_RESULT@.",
  ],
  d34d037fff1847e6ae669a370e694725: [
    "A reload job for unit @UNIT@ has begun execution",
    "A reload job for unit @UNIT@ has begun execution.\n\nThe job identifier is @JOB_ID@.",
  ],
  "7b05ebc668384222baa8881179cfda54": [
    "A reload job for unit @UNIT@ has finished",
    "A reload job for unit @UNIT@ has finished.\n\nThe job identifier is @JOB_ID@ and the job result is @JOB_RESULT@.",
  ],
  "98e322203f7a4ed290d09fe03c09fe15": [
    "Unit process exited",
    "An @COMMAND@= process belonging to unit @UNIT@ has exited.\n\nThe process' exit code is '@EXIT_CODE@' and its exit status is @EXIT_STATUS@.",
  ],
  "7ad2d189f7e94e70a38c781354912448": ["Unit succeeded", "The unit @UNIT@ has successfully entered the 'dead' state."],
  d9b373ed55a64feb8242e02dbe79a49c: [
    "Unit failed",
    "The unit @UNIT@ has entered the 'failed' state with result '@UNIT_RESULT@'.",
  ],
  "5eb03494b6584870a536b337290809b3": [
    "Automatic restarting of a unit has been scheduled",
    "Automatic restarting of the unit @UNIT@ has been scheduled, as the result for\nthe configured Restart= setting for the unit.",
  ],
  ae8f7b866b0347b9af31fe1c80b127c0: [
    "Resources consumed by unit runtime",
    "The unit @UNIT@ completed and consumed the indicated resources.",
  ],
  "641257651c1b4ec9a8624d7a40a9e1e7": [
    "Process @EXECUTABLE@ could not be executed",
    "The process @EXECUTABLE@ could not be executed and failed.\n\nThe error number returned by this process is @ERRNO@.",
  ],
  f77379a8490b408bbe5f6940505a777b: [
    "The journal has been started",
    "The system journal process has started up, opened the journal\nfiles for writing and is now ready to process requests.",
  ],
  b07a249cd024414a82dd00cd181378ff: [
    "System start-up is now complete",
    "All system services necessary queued for starting at boot have been\nstarted. Note that this does not mean that the machine is now idle as services\nmight still be busy with completing start-up.",
  ],
};

/** Lines that explain an entry, or none. */
export function explain(entry: Entry): string[] {
  const found = TEXTS[entry.fields.MESSAGE_ID ?? ""];
  if (found === undefined) return [];
  const [subject, body] = found;
  const text = `Subject: ${subject}\nDefined-By: systemd\nSupport: https://www.debian.org/support\n\n${body}`;
  return text.replace(/@([A-Z_]+)@/g, (_, name: string) => entry.fields[name] ?? "").split("\n");
}
