// What is in effect now? The file says one thing, a flag another; or the file was edited and the kubelet has not started since.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { kubeletHealthy, settingIs } from "../_kit/drill-checks.ts";
import { newField, pickNode, placeSetting, RESTART, restarted } from "../_kit/drill-ways.ts";

const numbers = [
  ["maxPods", "--max-pods", "110"],
  ["containerLogMaxFiles", "--container-log-max-files", "5"],
  ["imageGCHighThresholdPercent", "--image-gc-high-threshold", "85"],
  ["eventRecordQPS", "--event-qps", "50"],
  ["registryPullQPS", "--registry-qps", "5"],
  ["kubeAPIQPS", "--kube-api-qps", "50"],
] as const;

export const template: DrillTemplate = {
  id: "live-setting",
  title: "Find the setting that is in effect",
  topic: "settings",
  level: 1,
  minutes: 2,
  use: ["rep", "task"],
  misconceptions: ["file-has-last-word", "flag-beats-file", "default-believed"],
  make(random) {
    const host = pickNode(random);
    const [field, flag, usual] = random.pick(numbers);
    const [live = 0, other = 0] = random.shuffle([82, 83, 84, 86, 87, 88, 89, 91, 92, 93]);
    const note = `/root/${random.pick(["answer", "live", "in-effect", "now"])}`;
    const setting = newField(field, flag);
    const place = random.pick(["stale", "extra", "kubeadm", "drop-in"]);
    const written = { on: host, run: setting.inFile(String(place === "stale" ? live : other)) };
    const flagged =
      place === "stale" ? undefined : placeSetting(random, place, host, setting, String(live), String(other));
    const edited = { on: host, run: `sed -i 's/^${field}: .*/${field}: ${other}/' /var/lib/kubelet/config.yaml` };
    const ask = `kubectl get --raw /api/v1/nodes/${host}/proxy/configz | jq .kubeletconfig.${field}`;
    const noted: DrillCheck = {
      id: "value-noted",
      goal: `${note} on ${host} holds the value that is in effect, and nothing else.`,
      probe: { kind: "file", on: host, path: note },
      expect: { exists: { is: true }, content: { is: `${live}\n` } },
      passed: `${live}: the process says so itself.`,
      failures: [
        { when: { exists: { is: false } }, say: `There is no ${note} yet.` },
        { when: { content: { has: String(other) } }, say: "That is what the file says now, and not what runs." },
        { when: { content: { is: `${usual}\n` } }, say: "That is the default. Somebody has set another value." },
        {
          when: { content: { has: String(live) } },
          say: "The number is right; wanted is the number alone, on one line.",
        },
      ],
      hints: {
        nudge: "Ask the process, not the file.",
        pointer: "`/configz` of the kubelet, by way of the API server, or its command line.",
      },
    };
    const unchanged: DrillCheck = {
      ...settingIs(host, field, live),
      id: "unchanged",
      goal: `The kubelet on ${host} was not changed: the value is still in effect.`,
      failures: [
        {
          when: { status: { is: 200 } },
          say: "Another value is in effect now than at the start. Looking was asked for, not changing.",
        },
      ],
    };
    const tell = (value: string | number): string => `echo ${value} > ${note}`;
    return {
      base: "fleet",
      setup: [...restarted(host, [written, ...(flagged?.setup ?? [])]), ...(flagged ? [] : [edited])],
      host,
      task: `Find out which value of \`${field}\` the kubelet on \`${host}\` uses now. Write it, as a number alone on one line, into \`${note}\` on \`${host}\`. Do not change the kubelet, and do not restart it.`,
      checks: [{ ...noted, weight: 3 }, unchanged, kubeletHealthy(host)],
      because: flagged
        ? `${flagged.words}: the file says ${other}.`
        : `The file says ${other}, but the kubelet has not been restarted since that edit and still runs with ${live}.`,
      solution: ["#@ controlplane", ask, `#@ ${host}`, tell(live)],
      right: [
        {
          name: "in one line from the controlplane",
          lines: ["#@ controlplane", `${ask} | ssh ${host} 'cat > ${note}'`],
        },
        ...(flagged ? [{ name: "by the command line", lines: ["ps -ww -o args= -C kubelet", tell(live)] }] : []),
      ],
      wrong: [
        {
          name: "what the file says",
          lines: [`grep ${field} /var/lib/kubelet/config.yaml`, tell(other)],
          fails: "value-noted",
        },
        { name: "what the documentation says", lines: [tell(usual)], fails: "value-noted" },
        { name: "not the number alone", lines: [`echo '${field}: ${live}' > ${note}`], fails: "value-noted" },
        flagged
          ? { name: "cleaned up", lines: [tell(live), ...flagged.mend, RESTART], fails: "unchanged" }
          : { name: "restarted to be sure", lines: [tell(live), RESTART], fails: "unchanged" },
      ],
    };
  },
};
