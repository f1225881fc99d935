// The catalogue of misconceptions: what people believe when they go wrong here, and how the machine's state shows it.

import { cabinets } from "./catalogue/cabinets.ts";
import { cargo } from "./catalogue/cargo.ts";
import { commission } from "./catalogue/commission.ts";
import { crew } from "./catalogue/crew.ts";
import { dryDock } from "./catalogue/dry-dock.ts";
import { freshSeals } from "./catalogue/fresh-seals.ts";
import { letters } from "./catalogue/letters.ts";
import { logBook } from "./catalogue/log-book.ts";
import { moorings } from "./catalogue/moorings.ts";
import { papers } from "./catalogue/papers.ts";
import { provisions } from "./catalogue/provisions.ts";
import {
  contentOf,
  failedWith,
  failureHas,
  hasNoClientCa,
  isLoopback,
  lagsBehindFiles,
  type Misconception,
  observedError,
  someWanted,
  valueIn,
} from "./catalogue/reading.ts";
import { rights } from "./catalogue/rights.ts";
import { seals } from "./catalogue/seals.ts";
import { storm } from "./catalogue/storm.ts";
import { surveyor } from "./catalogue/surveyor.ts";
import type { RecognisedMisconception } from "./check.ts";
import type { Evidence } from "./evidence.ts";

/** Names of structures inside KubeletConfiguration: at the left edge they are a matter of indentation. */
const INNER =
  /(^|\.)(anonymous|webhook|x509|enabled|clientCAFile|mode|cacheTTL|cacheAuthorizedTTL|cacheUnauthorizedTTL)$/;

export const misconceptions: readonly Misconception[] = [
  {
    id: "forgot-daemon-reload",
    title: "An edited unit counts at the next restart",
    explanation:
      "systemd keeps the unit it read; a changed unit or drop-in counts only after `systemctl daemon-reload`. A restart alone starts the old command again.",
    recognise: (evidence) => evidence.unit?.needReload === true && lagsBehindFiles(evidence),
  },
  {
    id: "forgot-restart",
    title: "Saving is enough",
    explanation:
      "The kubelet reads its flags and files once, when it starts. Until `systemctl restart kubelet` the old values go on.",
    recognise: (evidence) => evidence.unit?.needReload !== true && lagsBehindFiles(evidence),
  },
  {
    id: "flag-beats-file",
    title: "The file has the last word",
    explanation:
      "Where a flag and the configuration file set the same thing, the flag wins, and nothing is said about it. Look at the live command line before the file.",
    recognise: (evidence) =>
      someWanted(evidence, (field, value) => {
        const saved = evidence.saved?.setting(field);
        return saved?.origin.kind === "flag" && saved.value !== value && saved.hidden?.value === value;
      }),
  },
  {
    id: "flag-as-good-as-file",
    title: "It does not matter where it is set",
    explanation:
      "A flag does the same today, and hides the file from whoever edits it tomorrow. Most flags that have a field are deprecated, and say so in the journal.",
    recognise: (evidence) =>
      evidence.failed.has("no-pods-flag") &&
      evidence.running?.setting("maxPods")?.origin.kind === "flag" &&
      valueIn(evidence.running, "maxPods") === 70,
  },
  {
    id: "file-has-last-word",
    title: "What the file says is what runs",
    explanation:
      "A file tells what is saved. What runs is told by the process and its `/configz`, and a flag may hide the file.",
    recognise: (evidence) => evidence.failed.has("value-noted") && /^60$/m.test(contentOf(evidence, "value-noted")),
  },
  {
    id: "harbour-pushes",
    title: "The harbour’s copy reaches the ships by itself",
    explanation:
      "The ConfigMap `kubelet-config` is read by kubeadm alone, when a node joins or upgrades. `kubeadm upgrade node` fetches it, and a restart puts it in force.",
    recognise: (evidence) =>
      failedWith(evidence, "node02-follows", "status", 200) &&
      evidence.observed.has("fleet-told") &&
      !evidence.failed.has("fleet-told"),
  },
  {
    id: "hand-on-every-ship",
    title: "Each ship is mended where she lies",
    explanation:
      "A node that joins tomorrow gets the harbour’s copy, and so does this one at its next upgrade. What is meant for all stands in `kubelet-config`.",
    recognise: (evidence) =>
      evidence.failed.has("fleet-told") &&
      evidence.observed.has("node02-follows") &&
      !evidence.failed.has("node02-follows"),
  },
  {
    id: "kubeconfig-versus-config",
    title: "Kubeconfig and configuration are one",
    explanation:
      "`--kubeconfig` names the file with which the kubelet reaches the API server; `--config` names its own settings. A setting written into the first is not read.",
    recognise: (evidence) =>
      evidence.changed.some(
        ({ path, text }) =>
          /\bkind: Config\b/.test(text) &&
          /^\s*(authentication|authorization|anonymous):/m.test(text) &&
          path !== evidence.saved?.configFile,
      ) ||
      (evidence.observed.get("captain-noted")?.content !== undefined &&
        /kubelet\.conf/.test(String(evidence.observed.get("captain-noted")?.content)) &&
        !/--config=/.test(String(evidence.observed.get("captain-noted")?.content))),
  },
  {
    id: "wrong-file",
    title: "Any file with the right lines will do",
    explanation:
      "The kubelet reads the one file that `--config` names (and drop-ins, where `--config-dir` is given). Without `--config` it reads none.",
    recognise: (evidence) =>
      evidence.changed.some(
        ({ path, text }) =>
          /^kind: KubeletConfiguration\b/m.test(text) && path !== evidence.saved?.configFile && !/\.conf$/.test(path),
      ),
  },
  {
    id: "wrong-indentation",
    title: "Indentation is a matter of taste",
    explanation:
      "In YAML the indentation says what belongs to what. A key at the wrong depth is another key, and the kubelet ignores keys it does not know with one line in its journal.",
    recognise: (evidence) => evidence.saved?.ignored.some(({ field }) => INNER.test(field)) === true,
  },
  {
    id: "wrong-key",
    title: "The flag’s name is the field’s name",
    explanation:
      "Fields have names of their own: `--anonymous-auth` is `authentication.anonymous.enabled`. An unknown key does not stop the kubelet, it is ignored.",
    recognise: (evidence) => evidence.saved?.ignored.some(({ field }) => !INNER.test(field)) === true,
  },
  {
    id: "config-stops-kubelet",
    title: "A bad file is skipped",
    explanation:
      "A file that is no YAML, or holds a value of the wrong type, ends the kubelet at its start. systemd tries again every few seconds, and the journal has the reason each time.",
    recognise: (evidence) =>
      failureHas(
        evidence,
        /failed to load kubelet config file|failed to load Kubelet config file|failed to decode|invalid configuration/i,
      ),
  },
  {
    id: "flag-syntax",
    title: "Flags are written like keys",
    explanation:
      "A flag takes its value after an equals sign: `--anonymous-auth=false`. A colon makes another flag of it, and a space makes the value a stray word; both end the kubelet.",
    recognise: (evidence) => failureHas(evidence, /unknown flag: --[a-z0-9-]+:|unknown command|unknown shorthand flag/),
  },
  {
    id: "removed-flag",
    title: "Flags of old notes still exist",
    explanation:
      "Several flags of older releases are gone. A flag that the kubelet does not know ends it at its start.",
    recognise: (evidence) => failureHas(evidence, /unknown flag: --[a-z0-9-]+$/),
  },
  {
    id: "wrong-case-mode",
    title: "Modes may be written in small letters",
    explanation:
      "Values such as `Webhook` and `AlwaysAllow` are names, and their case counts. The kubelet ends with `unknown authorization mode`.",
    recognise: (evidence) => failureHas(evidence, /unknown authorization mode "?(webhook|alwaysallow)/i),
  },
  {
    id: "ca-missing",
    title: "The client CA is optional",
    explanation:
      "Without `clientCAFile` the kubelet asks nobody for a certificate, so the API server is a stranger as well; a file that does not exist ends the kubelet. The CA has to stay when anonymous access goes.",
    recognise: (evidence) =>
      failureHas(evidence, /failed to run Kubelet: open \S+: no such file|unable to load client CA file/) ||
      hasNoClientCa(evidence.running ?? evidence.saved),
  },
  {
    id: "closed-instead-of-locked",
    title: "A closed port is the safest port",
    explanation:
      "The API server calls this port for logs, exec and metrics. Bound to localhost, or dropped in a firewall for everybody, it keeps out the friends with the strangers.",
    recognise: (evidence) =>
      evidence.running !== undefined &&
      (isLoopback(valueIn(evidence.running, "address")) ||
        observedError(evidence, /^pilot/, /refused|timeout|unreachable/)),
  },
  {
    id: "hidden-not-closed",
    title: "A firewall closes the port",
    explanation:
      "A packet filter turns some callers away, and the port stays open to everybody behind it, the node’s own pods among them. The kubelet’s setting closes it.",
    recognise: (evidence) =>
      evidence.observed.get("shut-inside")?.status === 200 && evidence.observed.get("hatch-shut")?.status === undefined,
  },
  {
    id: "stopped-instead-of-locked",
    title: "A kubelet that is off is secure",
    explanation:
      "A stopped kubelet answers no stranger, and no harbour either: pods are not watched, and after some seconds the node is NotReady. Guarding means running and refusing.",
    recognise: (evidence) => evidence.unit !== undefined && /^(inactive|deactivating)$/.test(evidence.unit.active),
  },
  {
    id: "line-not-continued",
    title: "A new line continues the command",
    explanation:
      "In a unit a command goes on in the next line only after a backslash. Otherwise that line is a key of its own, unknown to systemd, which ignores it.",
    recognise: (evidence) =>
      evidence.unit?.complaints.some(({ text }) => /Unknown key .?--?[a-z]|Missing '=', ignoring line/.test(text)) ===
      true,
  },
  {
    id: "attack-skipped",
    title: "What was open need not be looked at",
    explanation:
      "Who has seen what a stranger gets knows what the setting is for, and can tell whether it works. Undo brings the open ship back.",
    recognise: (evidence) =>
      (evidence.failed.has("night-passed") &&
        evidence.observed.has("calls-written") &&
        !evidence.failed.has("calls-written")) ||
      (evidence.failed.has("stowaway-seen") &&
        evidence.observed.has("privileged-refused") &&
        !evidence.failed.has("privileged-refused") &&
        !evidence.failed.has("crate-gone")) ||
      (evidence.failed.has("bait-taken") && !evidence.failed.has("true-name")) ||
      (evidence.failed.has("pods-taken") && evidence.observed.get("stranger-refused")?.status === 401) ||
      (evidence.failed.has("loot-taken") &&
        [
          "key-locked",
          "forged-refused",
          "scraper-refused",
          "token-refused",
          "secret-refused",
          "privileged-refused",
          "lookout-no-exec",
        ].some((id) => evidence.observed.has(id) && !evidence.failed.has(id))),
  },
  {
    id: "401-or-403",
    title: "401 and 403 are the same refusal",
    explanation:
      "401 says that the caller has no name here, 403 that the name has no right. They come from different settings.",
    recognise: (evidence) =>
      [...evidence.observed].some(
        ([id, seen]) => evidence.failed.has(id) && /^(stranger|holds)/.test(id) && seen.status === 403,
      ),
  },
  ...papers,
  ...moorings,
  ...cabinets,
  ...provisions,
  ...seals,
  ...freshSeals,
  ...rights,
  ...letters,
  ...crew,
  ...cargo,
  ...logBook,
  ...dryDock,
  ...commission,
  ...surveyor,
  ...storm,
  {
    id: "token-ignored",
    title: "A token is always checked",
    explanation:
      "Bearer tokens are looked at only with `authentication.webhook.enabled`. Without it a caller with any token counts as one without papers.",
    recognise: (evidence) =>
      evidence.running?.setting("authentication.webhook.enabled")?.value === false &&
      [...evidence.observed].some(([id, seen]) => /^token/.test(id) && evidence.failed.has(id) && seen.status === 200),
  },
  {
    id: "grep-finds-itself",
    title: "ps and grep show the kubelet",
    explanation:
      "`ps aux | grep kubelet` also finds the grep, and any process with kubelet in its arguments. `ps -o args= -C kubelet` asks for the name of the program.",
    recognise: (evidence) => {
      const noted = String(evidence.observed.get("captain-noted")?.content ?? "");
      return /\bgrep\b/.test(noted) && !/--config=/.test(noted);
    },
  },
  {
    id: "overwritten",
    title: "> adds to a file",
    explanation: "`>` begins the file anew, `>>` adds to its end. What was in it before is gone.",
    recognise: (evidence) =>
      (evidence.failed.has("captain-noted") &&
        evidence.history.some((line) => /^ps\b.*-C kubelet.*>/.test(line)) &&
        evidence.history.some((line) => /(^|[^>])>\s*(~\/|\/root\/)?watch\b/.test(line) && !/^ps\b/.test(line))) ||
      (evidence.failed.has("cargo-taken") &&
        evidence.history.filter((line) => /[^>]>\s*(~\/)?loot\b/.test(line)).length > 1),
  },
  {
    id: "command-in-body",
    title: "The command goes into the body",
    explanation:
      "`/run` reads the command from `?cmd=` in the address. A body sent with `-d` is ignored, and the kubelet then runs an empty command.",
    recognise: (evidence) => /executable file not found/.test(contentOf(evidence, "order-given")),
  },
  {
    id: "plain-http",
    title: "http and https are one door",
    explanation:
      "10250 speaks TLS and nothing else; a plain request gets 400 and `Client sent an HTTP request to an HTTPS server`. 10255, where it exists, is the other way round.",
    recognise: (evidence) =>
      (evidence.failed.has("leak-taken") && evidence.observed.get("leak-taken")?.content === "") ||
      [...evidence.observed.values()].some((seen) =>
        /Client sent an HTTP request to an HTTPS/.test(String(seen.content ?? seen.body ?? "")),
      ),
  },
  {
    id: "unknown-path",
    title: "404 is a refusal",
    explanation:
      "Unknown paths are answered with 404 before authentication, so they tell nothing about the guard. The kubelet’s paths have no `/api` in front.",
    recognise: (evidence) =>
      ["cargo-taken", "guard-noted"].some(
        (id) => evidence.failed.has(id) && /404 page not found/.test(contentOf(evidence, id)),
      ),
  },
  {
    id: "static-pod-name",
    title: "A pod is called what its manifest says",
    explanation:
      "A static pod’s name gets the node’s name behind it: `web` on node01 is `web-node01`. The list at `/pods` has the names as the kubelet knows them.",
    recognise: (evidence) => /pod does not exist/.test(contentOf(evidence, "order-given")),
  },
  {
    id: "assumed-port",
    title: "10255 is always open",
    explanation:
      "The read-only port listens by default only without a configuration file. What listens is told by `ss`, not by notes.",
    recognise: (evidence) => /10255/.test(String(evidence.observed.get("hatches-noted")?.content ?? "")),
  },
];

/** All that are recognised, most telling first. */
export function recogniseAll(evidence: Evidence): RecognisedMisconception[] {
  return misconceptions
    .filter((each) => each.recognise(evidence))
    .map(({ id, title, explanation }) => ({ id, title, explanation }));
}
