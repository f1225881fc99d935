// kubectl version, api-resources, api-versions and top: what the server is and offers.

import type { Task } from "../../kernel/sys.ts";
import { BUILD } from "../../lib/kube/build.ts";
import { formatIndented, formatYaml } from "../../lib/yaml-go/emit.ts";
import { ANY_TYPE, genericError } from "./client.ts";
import { fullName, groupVersion, type Resource } from "./discovery.ts";
import type { Kube } from "./kube.ts";
import { printerFor } from "./print.ts";
import { alignTabs } from "./tabs.ts";
import { at, Fail, filled, type Obj } from "./values.ts";

export function* version(kube: Kube): Task<number> {
  const { flags } = kube;
  if (kube.args.length > 0) throw new Fail(`extra arguments: [${kube.args.join(" ")}]`);
  const format = flags.text("output");
  if (format !== "" && format !== "yaml" && format !== "json") throw new Fail("--output must be 'yaml' or 'json'");
  const shown: Obj = { clientVersion: { major: "1", minor: "36", ...BUILD }, kustomizeVersion: "v5.8.1" };
  let failed: unknown;
  if (!flags.on("client")) {
    // A context that is none is told of before anything else.
    void kube.target;
    try {
      const client = yield* kube.client();
      const answer = yield* client.ask({ path: "/version?timeout=32s", accept: ANY_TYPE });
      if (answer.status !== 200) throw genericError(answer, { path: "/version" });
      shown.serverVersion = answer.body;
    } catch (error) {
      failed = error;
    }
  }
  if (format === "json") yield* kube.out(`${formatIndented(shown, "  ", false)}\n`);
  else if (format === "yaml") yield* kube.out(`${formatYaml(shown)}\n`);
  else {
    yield* kube.out(`Client Version: ${BUILD.gitVersion}\nKustomize Version: v5.8.1\n`);
    if (shown.serverVersion !== undefined)
      yield* kube.out(`Server Version: ${at(shown, "serverVersion.gitVersion")}\n`);
  }
  if (failed !== undefined) throw failed;
  return 0;
}

export function* apiResources(kube: Kube): Task<number> {
  const { flags } = kube;
  if (kube.args.length > 0) throw kube.usage(`unexpected arguments: [${kube.args.join(" ")}]`);
  const format = flags.text("output");
  if (!["", "name", "wide", "json", "kyaml", "yaml"].includes(format))
    throw new Fail(
      `unable to match a printer suitable for the output format "${format}", allowed formats are: json,kyaml,name,wide,yaml`,
    );
  const discovery = yield* kube.discovery();
  const verbs = flags.list("verbs");
  const found = [...(yield* discovery.refresh(1))].filter(
    (one) =>
      !one.name.includes("/") &&
      one.verbs.length > 0 &&
      (!flags.has("api-group") || one.group === flags.text("api-group")) &&
      (!flags.has("namespaced") || one.namespaced === flags.on("namespaced")) &&
      verbs.every((verb) => one.verbs.includes(verb)) &&
      flags.list("categories").every((category) => one.categories.includes(category)),
  );
  const sortBy = flags.text("sort-by");
  if (sortBy !== "" && sortBy !== "name" && sortBy !== "kind") throw new Fail(`--sort-by accepts only name or kind`);
  const key = (one: (typeof found)[number]): string =>
    sortBy === "name" ? one.name : sortBy === "kind" ? one.kind : `${one.group}\0${one.name}`;
  // One version of a group is enough: the preferred one comes first.
  const unique = found
    .filter((one, i) => found.findIndex((other) => fullName(other) === fullName(one)) === i)
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  if (format === "name") {
    yield* kube.out(unique.map((one) => `${fullName(one)}\n`).join(""));
    return 0;
  }
  const printer = printerFor(kube, format === "wide" ? "" : format, { sorted: false });
  if (printer !== undefined) {
    const resources = unique.map(({ group, version, ...one }) => ({
      name: one.name,
      singularName: one.singular,
      namespaced: one.namespaced,
      ...filled({ group }),
      version,
      kind: one.kind,
      verbs: one.verbs,
      ...filled({ shortNames: one.shortNames, categories: one.categories }),
    }));
    yield* kube.out(printer({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "", resources }));
    return 0;
  }
  const wide = format === "wide" ? "\tVERBS\tCATEGORIES" : "";
  const head = flags.on("no-headers") ? "" : `NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide}\n`;
  const rows = unique.map((one) => {
    const more = wide === "" ? "" : `\t${[...one.verbs].sort().join(",")}\t${one.categories.join(",")}`;
    return `${one.name}\t${one.shortNames.join(",")}\t${groupVersion(one)}\t${one.namespaced}\t${one.kind}${more}\n`;
  });
  yield* kube.out(alignTabs(head + rows.join("")));
  return 0;
}

export function* apiVersions(kube: Kube): Task<number> {
  if (kube.args.length > 0) throw kube.usage(`unexpected arguments: [${kube.args.join(" ")}]`);
  const discovery = yield* kube.discovery();
  let found: readonly Resource[];
  try {
    found = yield* discovery.refresh(1);
  } catch (error) {
    throw new Fail(`couldn't get available api versions from server: ${(error as Error).message}`);
  }
  const versions = new Set(found.map(groupVersion));
  yield* kube.out(
    [...versions]
      .sort()
      .map((one) => `${one}\n`)
      .join(""),
  );
  return 0;
}

/** kubectl top: there is no metrics server in any cluster here. */
export function* top(kube: Kube): Task<number> {
  const { args, flags, path } = kube;
  if (!["", "cpu", "memory"].includes(flags.text("sort-by"))) throw new Fail("--sort-by accepts only cpu or memory");
  if (args.length > 0 && flags.text("selector") !== "")
    throw new Fail(`only one of NAME or ${path.endsWith("node") ? "--" : ""}selector can be provided`);
  if (args.length > 1) throw kube.usage(`${path.split(" ").at(-1)} [NAME | -l label]`);
  const discovery = yield* kube.discovery();
  const client = yield* kube.client();
  // top asks for the API groups itself, past the cache.
  yield* client.ask({ path: "/apis?timeout=32s" });
  if ((yield* discovery.resources(0)).some((one) => one.group === "metrics.k8s.io"))
    throw new Fail("metrics.k8s.io is not modelled in this sandbox", 2);
  throw new Fail("Metrics API not available");
}
