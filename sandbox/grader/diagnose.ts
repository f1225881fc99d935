// Says why a check is not met: which layer lags, what stands there, and what to do about it. Never decides whether it is met.

import type { Check, Expectation, Layer, LayerFinding, Observation, SettingWanted } from "./check.ts";
import { type CaptainView, describeOrigin, type Evidence, type IgnoredKey, type SettingView } from "./evidence.ts";
import { compare, describeWanted, fillSentence } from "./expect.ts";

export interface Diagnosis {
  readonly layer: Layer | null;
  readonly seen: string;
  readonly wanted: string;
  readonly message: string;
  readonly layers: readonly LayerFinding[];
}

const errors: Readonly<Record<string, string>> = {
  refused: "connection refused",
  timeout: "no answer",
  unreachable: "no route",
  tls: "no TLS connection",
  closed: "the connection was closed",
  account: "no such ServiceAccount",
};

/** What a probe brought back, in a few words. */
export function describeSeen(observation: Observation, wanted: Expectation = {}): string {
  if (observation.error !== undefined) return errors[String(observation.error)] ?? String(observation.error);
  if (observation.status !== undefined) return String(observation.status);
  if (observation.ready !== undefined)
    return observation.ready === "True" ? "Ready" : observation.ready === "False" ? "NotReady" : "Unknown";
  if (observation.exists === false) return "no such file";
  // Where owner or mode is the question, what the file holds says nothing.
  if (observation.mode !== undefined && (wanted.mode !== undefined || wanted.owner !== undefined))
    return `mode ${observation.mode}, ${observation.owner}:${observation.group}`;
  if (observation.content !== undefined) return cut(observation.content, "an empty file");
  // A command whose output is the question is not answered by its exit status.
  if (wanted.stdout !== undefined && observation.stdout !== undefined) return cut(observation.stdout, "no output");
  const [fact, value] = Object.entries(observation)[0] ?? [];
  return fact === undefined ? "nothing" : `${fact} ${value}`;
}

function cut(fact: unknown, empty: string): string {
  const text = String(fact).trim();
  return text === "" ? empty : text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Advice by what the kubelet said when it ended. */
const advice: readonly (readonly [pattern: RegExp, say: string])[] = [
  [/unknown flag: (--[a-z0-9-]+):/, "Use an equals sign."],
  [/unknown flag: --/, "This kubelet has no such flag."],
  [/unknown command/, "A truth flag takes its value after an equals sign, without a space."],
  [/unknown shorthand flag/, "Long flags begin with two dashes."],
  [/cannot start any token/, "A tab stands there; YAML is indented with spaces."],
  [/cannot unmarshal string into .* of type bool/, "Truth values stand without quotes."],
  [/cannot unmarshal/, "The value is of the wrong type."],
  [/yaml: line/, "Look at the indentation of that line and the one before."],
  [/open (\S+): no such file or directory/, "That file does not exist."],
  [/unknown authorization mode/, "It is `Webhook`, with a capital."],
];

/** The end of a chain of wrapped errors: the part that says what is wrong. */
export function shortenFailure(failure: string): string {
  const parts = failure.split(
    /failed to (?:parse kubelet flag|run Kubelet|decode|construct kubelet dependencies): |, error:? (?=failed|open|yaml|json|invalid)|error converting YAML to JSON: /,
  );
  return (parts.at(-1) ?? failure).replace(/^error[: ]+/, "").trim();
}

function describeFailure(failure: string): string {
  const reason = shortenFailure(failure);
  const say = advice.find(([pattern]) => pattern.test(failure))?.[1];
  return `The kubelet did not start: \`${reason}\`.${say === undefined ? "" : ` ${say}`}`;
}

const last = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A value as it stands in the layer: `false (config.yaml line 4)`. */
function describeSetting(view: SettingView | undefined): string {
  if (view === undefined) return "not set";
  const hidden =
    view.hidden === undefined ? "" : `; hides ${String(view.hidden.value)} in ${describeOrigin(view.hidden.origin)}`;
  return `${String(view.value)} (${describeOrigin(view.origin)}${hidden})`;
}

/** Keys that were meant for this setting and are ignored where they stand. */
function findStray(view: CaptainView, wanted: SettingWanted): IgnoredKey | undefined {
  const parts = wanted.field.split(".");
  const flag = wanted.field.replace(/\.enabled$/, "");
  return (
    view.ignored.find(({ field }) => parts.includes(last(field))) ??
    view.ignored.find(({ field }) => field.toLowerCase().startsWith(last(flag).toLowerCase()))
  );
}

function explainStray(stray: IgnoredKey, wanted: SettingWanted): string {
  const place =
    stray.line === undefined ? `in ${fileName(stray.file)}` : `on line ${stray.line} of ${fileName(stray.file)}`;
  const parts = wanted.field.split(".");
  const at = parts.indexOf(last(stray.field));
  if (at < 0)
    return `\`${stray.field}\` ${place} is no field of the file. It was ignored; the field is \`${wanted.field}\`.`;
  const parent = parts.slice(0, at).join(".");
  if (!stray.field.includes(".")) {
    return `\`${stray.field}\` stands at the left edge ${place}, so it is not part of \`${parent}\`. It was ignored.`;
  }
  if (parent === "") {
    const above = stray.field.slice(0, stray.field.lastIndexOf("."));
    return `\`${last(stray.field)}\` ${place} is indented as a part of \`${above}\`, which has no such field. It was ignored; it belongs at the left edge.`;
  }
  return `\`${last(stray.field)}\` ${place} stands at the wrong depth, so it is not part of \`${parent}\`. It was ignored.`;
}

function explainSaved(view: CaptainView, wanted: SettingWanted, evidence: Evidence, base: string): string {
  const saved = view.setting(wanted.field);
  if (saved?.origin.kind === "flag" && saved.hidden?.value === wanted.value) {
    const place = saved.origin.file === undefined ? "" : ` in ${describeOrigin({ ...saved.origin, kind: "file" })}`;
    const below = saved.hidden.origin;
    const hidden =
      below.line === undefined
        ? fileName(below.file ?? "the file")
        : `${fileName(below.file ?? "")} line ${below.line}`;
    return `A flag wins here: \`${saved.origin.word}\`${place} hides ${hidden}.`;
  }
  const stray = findStray(view, wanted);
  if (stray !== undefined) return explainStray(stray, wanted);
  const lost = evidence.unit?.complaints.find(({ text }) => /Unknown key .?--?[a-z]|Missing '='/.test(text));
  if (lost !== undefined) {
    return `Line ${lost.line} of ${lost.file} is not part of the command: the line before it has no \`\\\` at its end. systemd ignored it.`;
  }
  return `${base} ${explainDecision(saved, wanted)}`;
}

/** What decides a saved value, as a sentence. */
function explainDecision(saved: SettingView | undefined, wanted: SettingWanted): string {
  if (saved === undefined) return `\`${wanted.field}\` is not set.`;
  const { origin, value } = saved;
  if (origin.kind === "default") {
    const mode = origin.mode === "flags" ? "without" : "with";
    return `Nothing sets \`${wanted.field}\`, and ${mode} a configuration file its default is \`${String(value)}\`.`;
  }
  const place = origin.line === undefined ? "" : ` on line ${origin.line} of ${origin.file}`;
  const text = origin.kind === "flag" ? origin.word : `${last(wanted.field)}: ${String(value)}`;
  return `\`${text}\`${place} decides it.`;
}

/** How a saved value is written: `enabled: false` in the file, or the flag. */
function describeSaved(saved: SettingView | undefined, wanted: SettingWanted): string {
  if (saved === undefined) return "It";
  if (saved.origin.kind === "flag") return `\`${saved.origin.word}\` is in ${saved.origin.file ?? "the unit"}`;
  if (saved.origin.kind === "default") return `The default, ${String(saved.value)}, holds for the files as they are`;
  return `\`${last(wanted.field)}: ${String(saved.value)}\` is in ${fileName(saved.origin.file ?? "")}`;
}

function explainRunning(wanted: SettingWanted, evidence: Evidence): string {
  if (evidence.unit?.needReload) {
    return "The unit changed and systemd has not read it. `systemctl daemon-reload` comes first, then a restart.";
  }
  const saved = evidence.saved?.setting(wanted.field);
  return `Saved, not running: ${describeSaved(saved, wanted)}, but the kubelet started before that. Restart it.`;
}

/** The three layers of a setting, as the orders show them. */
function listLayers(
  wanted: SettingWanted,
  evidence: Evidence,
  seen: string,
  good: boolean | undefined,
): LayerFinding[] {
  const layer = (name: Layer, view: CaptainView | undefined, none: string): LayerFinding => {
    const setting = view?.setting(wanted.field);
    if (view?.failure !== undefined)
      return { layer: name, good: false, seen: `does not start: ${shortenFailure(view.failure)}` };
    return {
      layer: name,
      good: setting === undefined ? false : setting.value === wanted.value,
      seen: setting === undefined ? none : describeSetting(setting),
    };
  };
  return [
    layer("saved", evidence.saved, "not set"),
    layer("running", evidence.running, "no kubelet runs"),
    { layer: "behaving", good, seen },
  ];
}

/** The sentence for this way to fail: the check's own, or the operator's. */
function sayFailure(check: Check, observation: Observation): string {
  const own = check.failures?.find(({ when }) => compare(observation, when).kind === "holds");
  if (own !== undefined) return fillSentence(own.say, observation);
  const outcome = compare(observation, check.expect);
  if (outcome.kind === "differs") return outcome.sentence;
  return `Seen: ${describeSeen(observation, check.expect)}; wanted: ${describeWanted(check.expect)}.`;
}

/** Whether the question goes to a kubelet, so that a dead one explains the answer. */
const asksKubelet = (check: Check): boolean =>
  check.probe.kind === "http" && /:(10250|10255|10248)\//.test(check.probe.url);

/** Layer and sentence where the kubelet is not there at all. */
function explainAbsence(evidence: Evidence): { layer: Layer; message: string } | undefined {
  if (evidence.unit === undefined || evidence.running !== undefined) return undefined;
  if (evidence.saved?.failure !== undefined)
    return { layer: "saved", message: describeFailure(evidence.saved.failure) };
  if (/^(inactive|failed)$/.test(evidence.unit.active)) {
    return {
      layer: "running",
      message: "The kubelet is not running, so it answers nobody. `systemctl start kubelet` starts it.",
    };
  }
  return {
    layer: "running",
    message:
      "The kubelet is not running now; systemd tries again. Its journal says why: `journalctl -u kubelet -n 20`.",
  };
}

function explainRestart(wanted: SettingWanted, evidence: Evidence, base: string): { layer: Layer; message: string } {
  const { saved } = evidence;
  if (saved?.failure !== undefined)
    return {
      layer: "saved",
      message: describeFailure(saved.failure).replace("The kubelet did not start", "The kubelet does not start again"),
    };
  if (saved === undefined || saved.setting(wanted.field)?.value === wanted.value)
    return { layer: "behaving", message: base };
  const now =
    evidence.running?.setting(wanted.field)?.value === wanted.value
      ? "What runs now is right, and the next start is not. "
      : "";
  return { layer: "saved", message: `${now}${explainSaved(saved, wanted, evidence, base)}` };
}

/** What is saved cannot start: now, or at the next start while the old one still runs. */
function explainBroken(failure: string, base: string, evidence: Evidence): string {
  const sentence = describeFailure(failure);
  if (evidence.running === undefined) return sentence;
  return `${base} ${sentence.replace("The kubelet did not start", "What is saved would not start")}`;
}

/** Explains a check that was asked and is not met. */
export function diagnose(check: Check, observation: Observation, evidence: Evidence): Diagnosis {
  const seen = describeSeen(observation, check.expect);
  const wanted = describeWanted(check.expect);
  const base = sayFailure(check, observation);
  const { setting } = check;
  const layers = setting === undefined ? [] : listLayers(setting, evidence, seen, false);
  const finish = ({ layer, message }: { layer: Layer | null; message: string }): Diagnosis => ({
    layer,
    seen,
    wanted,
    message,
    layers,
  });
  if (asksKubelet(check) && check.after === undefined) {
    const absence = explainAbsence(evidence);
    if (absence !== undefined) return finish(absence);
  }
  if (setting === undefined) return finish({ layer: asksKubelet(check) ? "behaving" : null, message: base });
  if (check.after === "restart") return finish(explainRestart(setting, evidence, base));
  if (evidence.saved?.failure !== undefined)
    return finish({ layer: "saved", message: explainBroken(evidence.saved.failure, base, evidence) });
  if (evidence.saved !== undefined && evidence.saved.setting(setting.field)?.value !== setting.value) {
    return finish({ layer: "saved", message: explainSaved(evidence.saved, setting, evidence, base) });
  }
  const running = evidence.running?.setting(setting.field);
  if (running !== undefined && running.value !== setting.value)
    return finish({ layer: "running", message: explainRunning(setting, evidence) });
  return finish({ layer: "behaving", message: base });
}

/** The layers of a check that passes. */
export function listPassedLayers(check: Check, observation: Observation, evidence: Evidence): LayerFinding[] {
  return check.setting === undefined
    ? []
    : listLayers(check.setting, evidence, describeSeen(observation, check.expect), true);
}
