// kubectl certificate: requests are approved or denied.

import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { pathOf } from "./discovery.ts";
import { eachObject } from "./each.ts";
import type { Kube } from "./kube.ts";
import { printChange } from "./print.ts";
import { fetchObjects, type Item, readFiles } from "./resources.ts";
import { at, Fail, type Obj, q } from "./values.ts";

const decide = (type: "Approved" | "Denied", done: string) =>
  function* (kube: Kube): Task<number> {
    const { flags, args } = kube;
    if (args.length === 0 && flags.list("filename").length === 0)
      throw new Fail("one or more CSRs must be specified as <name> or -f <filename>");
    const client = yield* kube.client();
    const discovery = yield* kube.discovery();
    const resource = yield* discovery.find("certificatesigningrequests", 4);
    const named = args.map((name): Item => ({ resource, namespace: "", name }));
    const files = flags.list("filename").length > 0 ? (yield* readFiles(kube, flags.list("filename"))).items : [];
    const { items, errors } = yield* fetchObjects(kube, { items: [...named, ...files], slashed: false, single: false });
    return yield* eachObject(items, errors, function* ({ name }, object) {
      const conditions: Obj[] = at(object, "status.conditions") ?? [];
      const other = type === "Approved" ? "Denied" : "Approved";
      if (conditions.some((one) => one.type === other))
        throw new Fail(`certificate signing request ${q(name)} is already ${other}`);
      let result = object;
      if (!conditions.some((one) => one.type === type) || flags.on("force")) {
        const word = type === "Approved" ? "approve" : "deny";
        const condition = {
          type,
          status: "True",
          reason: `Kubectl${type === "Approved" ? "Approve" : "Deny"}`,
          message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${word}.`,
          lastUpdateTime: null,
          lastTransitionTime: null,
        };
        const body = {
          ...object,
          status: { ...object.status, conditions: [...conditions.filter((one) => one.type !== type), condition] },
        };
        result = (yield* client.call({ method: "PUT", path: pathOf(resource, "", name, "approval"), body })).body;
      }
      yield* printChange(kube, result, done);
    });
  };

const CERTIFICATE =
  "allow-missing-template-keys! filename:f* force! kustomize:k= output:o= recursive:R! show-managed-fields! template=";
export const certificateCommand: KubectlCommand = {
  name: "certificate",
  short: "Modify certificate resources",
  long: "Modify certificate resources.",
  bare: { fd: 1, code: 0 },
  sub: [
    {
      name: "approve",
      short: "Approve a certificate signing request",
      usage: "(-f FILENAME | NAME) [options]",
      flags: CERTIFICATE,
      run: decide("Approved", "approved"),
    },
    {
      name: "deny",
      short: "Deny a certificate signing request",
      usage: "(-f FILENAME | NAME) [options]",
      flags: CERTIFICATE,
      run: decide("Denied", "denied"),
    },
  ],
};
