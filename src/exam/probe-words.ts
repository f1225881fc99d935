// What a check asked of the machines, in one line with `code`: the first half of its evidence.

import type { Check, HttpProbe, Identity, Probe } from "#sandbox/grader/check.ts";

function who(as: Identity | undefined): string {
  switch (as?.kind) {
    case "token":
      return "with a token";
    case "certificate":
      return `with the certificate \`${as.cert}\``;
    case "kubeconfig":
      return `as \`${as.file}\``;
    case "service-account":
      return `as the ServiceAccount \`${as.namespace}/${as.name}\``;
    default:
      return "without credentials";
  }
}

const call = ({ method = "GET", url, from, as }: HttpProbe): string =>
  `\`${method} ${url}\` from \`${from}\`, ${who(as)}`;

function ask(probe: Probe): string {
  switch (probe.kind) {
    case "http":
      return call(probe);
    case "command":
      return `\`${probe.run}\` on \`${probe.on}\``;
    case "file":
      return `\`${probe.path}\` on \`${probe.on}\``;
    case "process":
      return `the process \`${probe.name}\` on \`${probe.on}\``;
    case "port":
      return `port \`${probe.port}\` on \`${probe.on}\``;
    case "unit":
      return `the unit \`${probe.unit}\` on \`${probe.on}\``;
    case "journal":
      return `the journal of \`${probe.unit}\` on \`${probe.on}\``;
    case "node":
      return `the Node \`${probe.name}\`, of the API server`;
  }
}

/** `GET https://node01:10250/pods from outsider, without credentials, after a restart of the kubelet`. */
export function describeAsked({ probe, after }: Pick<Check, "probe" | "after">): string {
  return after === undefined ? ask(probe) : `${ask(probe)}, after a restart of the kubelet`;
}
