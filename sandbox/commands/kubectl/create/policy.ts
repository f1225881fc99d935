// kubectl create namespace, quota, poddisruptionbudget and priorityclass: the rules that pods live under.

import { Fail, filled } from "../values.ts";
import { generator, intOrString, resourcePair } from "./generator.ts";

export const namespace = generator({
  name: "namespace",
  short: "Create a namespace with the specified name",
  aliases: ["ns"],
  usage: "NAME [--dry-run=server|client|none] [options]",
  makes: ["v1", "Namespace"],
  make: (_, name) => ({ metadata: { name }, spec: {}, status: {} }),
});

export const quota = generator({
  name: "quota",
  short: "Create a quota with the specified name",
  aliases: ["resourcequota"],
  usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]",
  flags: "hard* scopes*",
  makes: ["v1", "ResourceQuota"],
  failing: "quota: ",
  make({ flags }, name) {
    const pairs = flags.list("hard").map(resourcePair);
    const spec = filled({ hard: Object.fromEntries(pairs), scopes: flags.list("scopes") });
    return { metadata: { name }, spec, status: {} };
  },
});

export const disruptionBudget = generator({
  name: "poddisruptionbudget",
  short: "Create a pod disruption budget with the specified name",
  aliases: ["pdb"],
  usage: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]",
  flags: "max-unavailable= min-available= selector=",
  makes: ["policy/v1", "PodDisruptionBudget"],
  failing: "poddisruptionbudgets: ",
  make({ flags }, name) {
    if (!flags.has("selector")) throw new Fail("a selector must be specified");
    if (flags.has("min-available") === flags.has("max-unavailable"))
      throw new Fail(
        flags.has("min-available")
          ? "min-available and max-unavailable cannot be both specified"
          : "one of min-available or max-unavailable must be specified",
      );
    for (const name of ["min-available", "max-unavailable"])
      if (flags.has(name) && !/^\d+%?$/.test(flags.text(name))) throw new Fail(`invalid format specified for ${name}`);
    const pairs = flags
      .text("selector")
      .split(",")
      .map((pair) => pair.split(/==?/));
    const spec = filled({
      minAvailable: intOrString(flags.text("min-available")),
      selector: { matchLabels: Object.fromEntries(pairs) },
      maxUnavailable: intOrString(flags.text("max-unavailable")),
    });
    const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    return { metadata: { name }, spec, status };
  },
});

export const priorityClass = generator({
  name: "priorityclass",
  short: "Create a priority class with the specified name",
  aliases: ["pc"],
  usage: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]",
  flags: "description= global-default! preemption-policy= value#",
  makes: ["scheduling.k8s.io/v1", "PriorityClass"],
  failing: "priorityclass: ",
  make: ({ flags }, name) => ({
    metadata: { name },
    value: flags.number("value", 0),
    ...(flags.on("global-default") ? { globalDefault: true } : {}),
    ...filled({ description: flags.text("description") }),
    preemptionPolicy: flags.text("preemption-policy", "PreemptLowerPriority"),
  }),
});
