// NamespaceLifecycle: nothing is made in a name space that is not there or is going away; three can never go.

import { at } from "../object.ts";
import { forbidden, notFound, StatusError } from "../status.ts";
import type { Plugin } from "./types.ts";

const IMMORTAL = ["default", "kube-system", "kube-public"];

export const namespaceLifecycle: Plugin = {
  name: "NamespaceLifecycle",
  mutate({ operation, resource, namespace, name, subresource, lookup }) {
    if (resource.storage === "namespaces") {
      if (operation === "DELETE" && IMMORTAL.includes(name))
        throw forbidden(resource, name, "this namespace may not be deleted");
      return;
    }
    if (operation !== "CREATE" || !resource.namespaced || resource.name === "localsubjectaccessreviews") return;
    const space = lookup.get("namespaces", "", namespace);
    if (space === undefined) throw notFound({ name: "namespaces", group: "" }, namespace);
    if (at(space, "status", "phase") !== "Terminating" || subresource !== "") return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const { code, reason, message, details } = forbidden(resource, name, why);
    throw new StatusError(code, reason, message, {
      ...details,
      causes: [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${namespace} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    });
  },
};
