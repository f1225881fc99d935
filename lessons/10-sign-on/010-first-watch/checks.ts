// What lesson 1 grades: three lines in the watch's log book, and a captain who is on watch at the end.

import type { Check } from "#sandbox/grader/check.ts";
import { boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const book = { kind: "file", on: "node01", path: "/root/watch" } as const;
const noBook = {
  when: { exists: { is: false } },
  say: "There is no file `watch` in /root yet. `> watch` begins it, `>> watch` adds to it.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "captain-noted",
    step: "captain",
    goal: "Write the kubelet’s command line into the file `watch`.",
    probe: book,
    expect: { content: { has: "--config=/var/lib/kubelet/config.yaml" } },
    passed: "The captain is in the book, with the file it reads.",
    failures: [
      noBook,
      {
        when: { content: { has: "grep" } },
        say: "`watch` holds a grep that found itself, and not the kubelet. Ask for the process by its name.",
      },
      {
        when: { content: { has: "kubelet.conf" } },
        say: "`watch` names kubelet.conf, the kubeconfig with which the kubelet calls the API server. Its own settings come from the file behind `--config`.",
      },
      {
        when: { content: { lacks: "--config=" } },
        say: "`watch` does not hold the command line with `--config=`. Was it written over by a later `>`?",
      },
    ],
    hints: {
      nudge: "Ask the process, not the file.",
      pointer: "`ps -o args= -C kubelet` prints the command line of the process named kubelet, and nothing else.",
      solution: { text: "On node01:", commands: ["ps -o args= -C kubelet > watch"] },
    },
  },
  {
    id: "hatches-noted",
    step: "hatches",
    goal: "Add the kubelet’s listening ports to `watch`.",
    probe: book,
    expect: { content: { has: ":10250" } },
    passed: "The hatches are in the book.",
    failures: [
      noBook,
      {
        when: { content: { has: "10255" } },
        say: "`watch` names 10255, which is shut on this ship. Write down what listens, not what notes say.",
      },
      {
        when: { content: { lacks: ":10250" } },
        say: "`watch` does not name the API’s port yet. `ss` shows who listens.",
      },
    ],
    hints: {
      nudge: "A port that listens has a process behind it.",
      pointer: "`ss -tlnp` lists listening TCP ports with their processes; grep for kubelet.",
      solution: { text: "On node01:", commands: ["ss -tlnp | grep kubelet >> watch"] },
    },
  },
  {
    id: "health-noted",
    step: "hatches",
    goal: "Add the answer of the health probe.",
    probe: book,
    expect: { content: { hasLine: "ok" } },
    passed: "ok, and written down.",
    failures: [
      noBook,
      {
        when: {},
        say: "`watch` has no `ok` yet: ask http://127.0.0.1:10248/healthz, and add the answer.",
      },
    ],
    hints: {
      nudge: "One of the two ports is for health alone, and answers on this machine only.",
      pointer: "`curl -s http://127.0.0.1:10248/healthz`; it is plain http.",
      solution: { text: "On node01:", commands: ["curl -s http://127.0.0.1:10248/healthz >> watch"] },
    },
  },
  {
    id: "captain-on-watch",
    step: "relieve",
    goal: "Leave the ship with the kubelet running and healthy.",
    probe: healthProbe,
    expect: { status: { is: 200 } },
    passed: "The captain is on watch.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 10248: the kubelet is not running. Start it, or undo the stop.",
      },
    ],
    hints: {
      nudge: "What was stopped can be started, or the stop undone.",
      pointer: "`systemctl status kubelet` says in which state the unit is.",
      solution: { text: "On node01:", commands: ["systemctl start kubelet"] },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
