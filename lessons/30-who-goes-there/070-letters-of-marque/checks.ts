// What lesson 7 grades: tokens are looked at, a good one gives its bearer a name, a bad one gives nothing, and a revoked one ends.

import type { Check, Identity, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, madeUpToken } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const tokensChecked: SettingWanted = { on: "node01", field: "authentication.webhook.enabled", value: true };
const anonymousOff: SettingWanted = { on: "node01", field: "authentication.anonymous.enabled", value: false };
const watchman: Identity = { kind: "service-account", namespace: "harbour", name: "watchman" };

const inTheFile = {
  text: "On node01: `enabled: true` under `webhook`, `enabled: false` under `anonymous`, both below `authentication`; then restart.",
  commands: [
    "sed -i '/cacheTTL:/{n;s/false/true/}; /anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml",
    "systemctl restart kubelet",
  ],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "forge",
    goal: "With a letter that you made up, get the list of pods, and keep it in `loot` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/loot" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "Nobody read the letter.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in the outsider’s home yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`: tokens are looked at already. Undo brings the careless ship back.",
      },
      { when: {}, say: "`loot` does not hold a list of pods. The path is `/pods`." },
    ],
    hints: {
      nudge: "Any word will do.",
      pointer: "A token goes into the header `Authorization: Bearer WORD`; `-o loot` keeps the answer.",
      solution: {
        text: "On the outsider:",
        commands: ["curl -sk -H 'Authorization: Bearer ahoy' https://node01:10250/pods -o loot"],
      },
    },
  },
  {
    id: "token-refused",
    step: "read",
    goal: "A made-up token gets 401.",
    probe: asStranger("/pods", madeUpToken),
    expect: { status: { is: 401 } },
    setting: tokensChecked,
    passed: "401. The letter was read, and the harbour did not know it.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "A made-up token gets 200: nobody looks at it, so its bearer counts as a stranger, and strangers are let in.",
      },
      { when: { status: { is: 403 } }, say: "A made-up token gets 403, as `system:anonymous`: nobody looked at it." },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Which switch makes the kubelet look at tokens?",
      pointer: "`authentication.webhook.enabled` in /var/lib/kubelet/config.yaml, then a restart.",
      solution: inTheFile,
    },
  },
  {
    id: "watchman-known",
    step: "read",
    goal: "The ServiceAccount `watchman` is known by its token, and reads `/metrics`.",
    probe: asApiServer("/metrics", { as: watchman }),
    expect: { status: { is: 200 } },
    setting: tokensChecked,
    passed: "A good letter opens what its bearer may see.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "`watchman` shows a good token and gets 401. With the webhook off no token counts, good or bad.",
      },
      {
        when: { status: { is: 403 } },
        say: "`watchman` gets 403, as `system:anonymous`: it showed a good token, and nobody looked at it.",
      },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `watchman` is gone, and it did nothing wrong." },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Who could tell a good token from a bad one? Not the kubelet.",
      pointer: "With `authentication.webhook.enabled: true` it asks the API server, which made the token.",
      solution: inTheFile,
    },
  },
  {
    id: "stranger-refused",
    step: "read",
    goal: "A caller who shows nothing gets 401, too.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: anonymousOff,
    passed: "No letter, no name.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "Without any letter a stranger still gets 200. Looking at letters does not ask for one.",
      },
      { when: { status: { is: 403 } }, say: "The stranger gets 403, so it was given a name: `system:anonymous`." },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "What happens to a caller who shows nothing?",
      pointer: "`authentication.anonymous.enabled`, a switch of its own.",
      solution: inTheFile,
    },
  },
  {
    id: "pilot-logs",
    step: "read",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot shows a certificate, and was served.",
    failures: [
      { when: { error: { is: "refused" } }, say: "The API server gets connection refused: is the kubelet up?" },
      { when: { status: { is: 401 } }, say: "The API server gets 401: is `clientCAFile` still there?" },
    ],
    hints: {
      nudge: "The API server shows no token.",
      pointer: "It shows a certificate, and that needs `clientCAFile`.",
      solution: {
        text: "On node01:",
        commands: ["journalctl -u kubelet -n 20 --no-pager", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "holds-after-restart",
    step: "read",
    goal: "Good letters are still read after the next restart.",
    probe: asApiServer("/metrics", { as: watchman }),
    after: "restart",
    expect: { status: { is: 200 } },
    setting: tokensChecked,
    passed: "Read now, and after the next restart.",
    failures: [
      { when: { status: { is: 401 } }, say: "After a restart nobody looks at letters: `watchman` gets 401." },
      {
        when: { status: { is: 403 } },
        say: "After a restart nobody looks at letters: `watchman` is `system:anonymous`.",
      },
      { when: { error: { is: "refused" } }, say: "After a restart nobody answers on 10250." },
    ],
    hints: {
      nudge: "What will the next start read?",
      pointer: "`systemctl cat kubelet` and the files it names; the flag is `--authentication-token-webhook`.",
      solution: inTheFile,
    },
  },
  {
    id: "letter-used",
    step: "revoke",
    goal: "Write a letter for `gunner` into the file `letter` on the controlplane, before you revoke it.",
    probe: {
      kind: "command",
      on: "controlplane",
      run: "cut -d. -f2 /root/letter | tr '_-' '/+' | base64 -d 2>/dev/null | grep -o 'system:serviceaccount:[a-z:]*'",
    },
    expect: { stdout: { has: "system:serviceaccount:harbour:gunner" } },
    passed: "A letter for the gunner, with the harbour’s signature.",
    failures: [
      {
        when: { stderr: { has: "No such file" } },
        say: "There is no file `letter` in /root of the controlplane yet.",
      },
      { when: {}, say: "`letter` holds no token of `gunner` in the namespace `harbour`." },
    ],
    hints: {
      nudge: "The API server writes letters for ServiceAccounts.",
      pointer: "`kubectl -n NAMESPACE create token NAME` prints one.",
      solution: {
        text: "On the controlplane, while the account is there:",
        commands: ["kubectl -n harbour create token gunner > letter"],
      },
    },
  },
  {
    id: "letter-revoked",
    step: "revoke",
    goal: "That letter gets 401 on the ship: it was stolen, and must not count any more.",
    probe: {
      kind: "command",
      on: "controlplane",
      run: 'test -s /root/letter && curl -sk -m 5 -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $(cat /root/letter)" https://node01:10250/metrics; kubectl -n harbour get serviceaccount gunner -o name',
    },
    expect: { stdout: { has: "401" } },
    passed: "401. A letter without its account is a piece of paper.",
    failures: [
      {
        when: { stdout: { has: "403" } },
        say: "The letter gets 403: its bearer has lost a right and still has a name. Wanted is 401.",
      },
      {
        when: { stdout: { lacks: "00" }, exit: { is: 0 } },
        say: "There is no letter to revoke yet.",
      },
      {
        when: { stdout: { has: "serviceaccount/gunner" } },
        say: "The stolen letter is still good on the ship. Its account exists, and it has not expired.",
      },
      {
        when: { stdout: { has: "200" } },
        say: "The account is gone, and the ship still takes the letter: it remembers the answer of the harbour, for two minutes.",
      },
    ],
    hints: {
      nudge: "A signed letter cannot be taken back. What it speaks of can.",
      pointer: "The token names an account and its uid. Then the ship’s memory has to pass: two minutes, or a restart.",
      solution: {
        text: "On the controlplane delete the account; then restart the kubelet on node01, or wait two minutes:",
        commands: ["kubectl -n harbour delete serviceaccount gunner", "systemctl restart kubelet"],
      },
    },
  },
  shipHealthy("revoke"),
];

export const boarding = boardingParty;

export const pilot = [
  ...harbourPilot("default/web-node01/web"),
  { id: "watchman", what: "read /metrics with the watchman’s token", probe: asApiServer("/metrics", { as: watchman }) },
];
