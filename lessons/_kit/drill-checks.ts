// Checks that many drills share: what strangers must not get, and what friends of a node must still get. Each names the node it asks.

import type { Failure, HttpProbe, Identity, SettingWanted } from "#sandbox/grader/check.ts";
import { apiServer, madeUpToken } from "./callers.ts";
import type { DrillCheck } from "./drill.ts";

/** A request from the outsider to port 10250 of a node. */
export function strangerAsks(node: string, path: string, as: Identity = { kind: "none" }): HttpProbe {
  return { kind: "http", from: "outsider", url: `https://${node}:10250${path}`, as };
}

/** A request with the API server's own certificate, or somebody else's, from the controlplane to port 10250 of a node. */
export function harbourAsks(
  node: string,
  path: string,
  more: Pick<HttpProbe, "method" | "upgrade" | "as"> = {},
): HttpProbe {
  return { kind: "http", from: "controlplane", url: `https://${node}:10250${path}`, as: apiServer, ...more };
}

/** A request to the health port, which the kubelet answers on its own machine only. */
export function healthOf(node: string): HttpProbe {
  return { kind: "http", from: node, url: "http://127.0.0.1:10248/healthz" };
}

/** Ways in which no answer comes at all. */
const silence: readonly Failure[] = [
  { when: { error: { is: "refused" } }, say: "Nobody answers on 10250. Wanted is an answer, and the right one." },
  { when: { error: { is: "timeout" } }, say: "Calls to 10250 get no answer at all, as behind a firewall." },
];

export function strangerRefused(node: string, setting?: SettingWanted): DrillCheck {
  return {
    id: "stranger-refused",
    goal: `A caller without credentials gets 401 on port 10250 of ${node}.`,
    probe: strangerAsks(node, "/pods"),
    expect: { status: { is: 401 } },
    ...(setting ? { setting } : {}),
    passed: "401. A stranger has no name there.",
    failures: [
      { when: { status: { is: 200 } }, say: "A caller without credentials gets 200 and the list of pods." },
      {
        when: { status: { is: 403 } },
        say: "A caller without credentials gets 403: it was named `system:anonymous` first, and then refused. Wanted is 401.",
      },
      ...silence,
    ],
    hints: {
      nudge: "Which setting gives callers without credentials a name?",
      pointer: `\`authentication.anonymous.enabled\`, or the flag \`--anonymous-auth\`. The live command line tells which of the two decides: \`ps -ww -o args= -C kubelet\`.`,
    },
  };
}

export function madeUpTokenRefused(node: string): DrillCheck {
  return {
    id: "token-refused",
    goal: `A caller with a made-up token gets 401 on ${node}.`,
    probe: strangerAsks(node, "/pods", madeUpToken),
    expect: { status: { is: 401 } },
    passed: "401 for a token that nobody issued.",
    failures: [{ when: { status: { is: 200 } }, say: "A made-up token gets 200 and the list of pods." }, ...silence],
    hints: {
      nudge: "What becomes of a token that nobody looks at?",
      pointer: "Where tokens are not checked the caller counts as anonymous.",
    },
  };
}

/** The same question after the next start of the kubelet. */
export function holdsAfterRestart(check: DrillCheck): DrillCheck {
  return {
    ...check,
    id: "holds-after-restart",
    goal: `${check.goal.replace(/\.$/, "")}, after the next restart as well.`,
    after: "restart",
    passed: "The next start changes nothing.",
    hints: {
      nudge: "What would the next start read?",
      pointer: "`systemctl cat kubelet` names every file the command line is made of.",
    },
  };
}

/** Over-hardening shows here. */
export function logsReadable(node: string, pod = "default/web", container = "web"): DrillCheck {
  return {
    id: "pilot-logs",
    goal: `The API server reads the logs of \`${pod.split("/")[1]}\` on ${node}.`,
    probe: harbourAsks(node, `/containerLogs/${pod}-${node}/${container}`),
    expect: { status: { is: 200 } },
    passed: "The API server is served.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250: `kubectl logs` and `kubectl exec` are broken.",
      },
      {
        when: { error: { is: "timeout" } },
        say: "The API server gets no answer on 10250: `kubectl logs` and `kubectl exec` hang.",
      },
      {
        when: { error: { is: "tls" } },
        say: "The API server reaches 10250 and no TLS connection comes about. The kubelet’s journal has the reason.",
      },
      {
        when: { status: { is: 401 } },
        say: "The API server shows its certificate and gets 401: this kubelet has no client CA that vouches for it.",
      },
      { when: { status: { is: 403 } }, say: "The API server is known and gets 403: it may not read logs here." },
      { when: { status: { is: 404 } }, say: "The API server gets 404: the pod is not on this node." },
    ],
    hints: {
      nudge: "Friends must be served.",
      pointer:
        "The API server calls port 10250 and proves itself with a certificate that `authentication.x509.clientCAFile` vouches for.",
    },
  };
}

export function kubeletHealthy(node: string): DrillCheck {
  return {
    id: "ship-healthy",
    goal: `The kubelet on ${node} is up: its health probe on 10248 says ok.`,
    probe: healthOf(node),
    expect: { status: { is: 200 }, body: { has: "ok" } },
    passed: "ok on 10248.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 10248, so no kubelet runs there. Its journal says why.",
      },
    ],
    hints: {
      nudge: "Does the kubelet run at all?",
      pointer: "`journalctl -u kubelet -n 20 --no-pager` ends with the reason, if it does not come up.",
    },
  };
}

export function nodeReady(node: string): DrillCheck {
  return {
    id: "node-ready",
    goal: `${node} is Ready.`,
    probe: { kind: "node", name: node },
    expect: { ready: { is: "True" } },
    passed: "The API server hears from the node: Ready.",
    failures: [
      { when: { exists: { is: false } }, say: "The API server does not know this node." },
      {
        when: { ready: { is: "False" } },
        say: "The node says of itself that it is not Ready; its conditions say why.",
      },
      { when: { ready: { is: "Unknown" } }, say: "The API server has not heard from the node’s kubelet for a while." },
    ],
    hints: {
      nudge: "What does the node say of itself, and when was it last heard?",
      pointer:
        "`kubectl describe node` on the controlplane for the conditions; the kubelet’s journal for what stops it.",
    },
  };
}

/** What the running kubelet says of one of its settings, asked the way the API server asks. */
export function settingIs(node: string, field: string, value: string | number | boolean): DrillCheck {
  return {
    id: "value-live",
    goal: `The running kubelet on ${node} has \`${field}\` ${value}.`,
    probe: harbourAsks(node, "/configz"),
    expect: { status: { is: 200 }, body: { has: `"${field}":${JSON.stringify(value)},` } },
    setting: { on: node, field, value },
    passed: `The running kubelet says so: ${value}.`,
    failures: [
      { when: { status: { is: 200 } }, say: `The running kubelet has another value of \`${field}\` than ${value}.` },
      { when: { status: { is: 401 } }, say: "The API server gets 401 and cannot ask: the client CA is gone." },
      ...silence,
    ],
    hints: {
      nudge: "What does the running kubelet say of itself?",
      pointer: `On the controlplane: \`kubectl get --raw /api/v1/nodes/${node}/proxy/configz | jq .kubeletconfig.${field}\`. A flag goes over the file.`,
    },
  };
}

/** Somebody with papers of any kind gets this status, asked from the controlplane unless the papers lie elsewhere. */
export function callerGets(
  id: string,
  who: string,
  probe: HttpProbe,
  status: number,
  words: Pick<DrillCheck, "passed" | "hints">,
): DrillCheck {
  return {
    id,
    goal: `${who} gets ${status}.`,
    probe,
    expect: { status: { is: status } },
    failures: [{ when: { status: { not: status } }, say: `${who} gets {status}, wanted is ${status}.` }, ...silence],
    ...words,
  };
}
