// What lesson 9 grades: nobody answers on 10255, neither outside nor on the node itself, now and after a restart; metrics still come from 10250.

import type { Check, Hints, HttpProbe, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const portOff: SettingWanted = { on: "node01", field: "readOnlyPort", value: 0 };

const lowHatch = (from: string, host: string): HttpProbe => ({
  kind: "http",
  from,
  url: `http://${host}:10255/pods`,
  as: { kind: "none" },
});

const remedy: Hints["solution"] = {
  text: "Take the flag out of /etc/default/kubelet and restart. On the hand-installed ship `--read-only-port=0` goes into the unit.",
  commands: ["sed -i 's/--read-only-port=10255//' /etc/default/kubelet", "systemctl restart kubelet"],
};

const kubeletIsDown = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250 at all. The kubelet is down, or was told not to serve; its journal says which.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "leak-taken",
    step: "look",
    goal: "Keep what the read-only port gives out about pods in `leak` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/leak" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "The whole list, from a port that asks nobody.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no `leak` in the outsider’s home yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`leak` holds `Unauthorized`: that was 10250. The low hatch is 10255, over plain http.",
      },
      {
        when: { content: { is: "" } },
        say: "`leak` is empty. 10255 speaks plain http; with https the handshake fails, and `-s` hides the message.",
      },
      { when: {}, say: "`leak` does not hold a list of pods. The path is `/pods`." },
    ],
    hints: {
      nudge: "The stranger knows one more port.",
      pointer: "`curl -s http://node01:10255/pods`: http, and no `-k`.",
      solution: { text: "On the outsider:", commands: ["curl -s http://node01:10255/pods > leak"] },
    },
  },
  {
    id: "hatch-shut",
    step: "shut",
    goal: "A stranger finds nobody on port 10255.",
    probe: lowHatch("outsider", "node01"),
    expect: { error: { is: "refused" } },
    setting: portOff,
    passed: "Connection refused. There is no such door any more.",
    failures: [
      { when: { status: { is: 200 } }, say: "10255 still answers 200 with the list of pods." },
      {
        when: { error: { is: "timeout" } },
        say: "Calls to 10255 from outside get no answer, as behind a firewall. The port itself is still open.",
      },
    ],
    hints: {
      nudge: "Ask the process, not the file.",
      pointer: "`ps -ww -o args= -C kubelet` shows the flag; `systemctl cat kubelet` shows which file it comes from.",
      solution: remedy,
    },
  },
  {
    id: "shut-inside",
    step: "shut",
    goal: "Nobody answers on 10255 on the node itself, either.",
    probe: lowHatch("node01", "127.0.0.1"),
    expect: { error: { is: "refused" } },
    setting: portOff,
    passed: "Shut on the inside, too.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "On the node 10255 still answers 200, and every pod of the node can ask there. A firewall hides the port, and does not close it.",
      },
    ],
    hints: {
      nudge: "Who is inside the firewall?",
      pointer: "Take the rule away and close the port in the kubelet’s own settings.",
      solution: remedy,
    },
  },
  {
    id: "pilot-metrics",
    step: "keep",
    goal: "Monitoring with papers still gets metrics from 10250.",
    probe: asApiServer("/metrics/resource"),
    expect: { status: { is: 200 } },
    passed: "Metrics, for callers with papers.",
    failures: [
      kubeletIsDown,
      { when: { error: { is: "timeout" } }, say: "Callers with papers get no answer on 10250 any more." },
      {
        when: { status: { is: 401 } },
        say: "The caller shows its certificate on 10250 and gets 401: the client CA is gone.",
      },
    ],
    hints: {
      nudge: "One hatch was to be shut, not all.",
      pointer: "`enableServer`, `address` and the firewall each reach further than 10255.",
      solution: {
        text: "Take back what closed 10250, and close 10255 alone.",
        commands: ["grep -nE 'enableServer|address|^port' /var/lib/kubelet/config.yaml", "systemctl restart kubelet"],
      },
    },
  },
  shipHealthy("keep", "A port that is shut because nobody is on watch does not count."),
  {
    id: "stays-shut",
    step: "keep",
    goal: "It stays shut after the next restart.",
    probe: lowHatch("node01", "127.0.0.1"),
    after: "restart",
    expect: { error: { is: "refused" } },
    setting: portOff,
    passed: "Shut now, and after the next start.",
    failures: [{ when: { status: { is: 200 } }, say: "After a restart 10255 answers again." }],
    hints: {
      nudge: "Ask the files what the next start will do, not the process.",
      pointer: "`systemctl cat kubelet` names every file the command line is made of.",
      solution: remedy,
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
