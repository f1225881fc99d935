// kubectl create token: a ServiceAccount's token by the TokenRequest API.

import type { Task } from "../../../kernel/sys.ts";
import type { KubectlCommand } from "../command.ts";
import type { Kube } from "../kube.ts";
import { printerFor } from "../print.ts";
import { Fail, filled, type Obj } from "../values.ts";
import { nameArg } from "./generator.ts";

const BINDABLE = ["Node", "Pod", "Secret"];

/** What the token is bound to: it dies with that. */
function boundTo({ flags }: Kube): Obj | null {
  if (!flags.has("bound-object-kind")) {
    if (flags.has("bound-object-name"))
      throw new Fail("--bound-object-name can only be set if --bound-object-kind is provided");
    return null;
  }
  const kind = flags.text("bound-object-kind");
  if (!BINDABLE.includes(kind)) throw new Fail(`supported --bound-object-kind values are ${BINDABLE.join(", ")}`);
  if (!flags.has("bound-object-name"))
    throw new Fail("--bound-object-name is required if --bound-object-kind is provided");
  const name = flags.text("bound-object-name");
  return { kind, apiVersion: "v1", name, ...filled({ uid: flags.text("bound-object-uid") }) };
}

function* createToken(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = nameArg(kube);
  const seconds = flags.duration("duration", 0) / 1000;
  if (seconds < 0) throw new Fail("--duration must be greater than or equal to 0");
  if (seconds % 1 !== 0) throw new Fail("--duration cannot be expressed in units less than seconds");
  const audiences = flags.list("audience");
  if (audiences.includes("")) throw new Fail("--audience must not be an empty string");
  const body = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    spec: {
      audiences: audiences.length > 0 ? audiences : null,
      expirationSeconds: seconds > 0 ? seconds : null,
      boundObjectRef: boundTo(kube),
    },
    status: { token: "", expirationTimestamp: null },
  };
  const client = yield* kube.client();
  const path = `/api/v1/namespaces/${kube.namespace}/serviceaccounts/${name}/token`;
  let made: Obj;
  try {
    made = (yield* client.call({ method: "POST", path, body })).body;
  } catch (error) {
    throw new Fail(`failed to create token: ${(error as Error).message}`);
  }
  const printer = printerFor(kube, flags.text("output"));
  if (printer !== undefined) yield* kube.out(printer(made));
  else if (!made.status?.token) throw new Fail("failed to create token: no token in server response");
  else yield* kube.out(made.status.token + (kube.sys.isatty(1) ? "\n" : ""));
  return 0;
}

export const token: KubectlCommand = {
  name: "token",
  short: "Request a service account token",
  usage: "SERVICE_ACCOUNT_NAME [options]",
  flags:
    "allow-missing-template-keys! audience+ bound-object-kind= bound-object-name= bound-object-uid= duration@ output:o= show-managed-fields! template=",
  run: createToken,
};
