// kubectl logs.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { type Answer, DialError, StatusError, statusError } from "./client.ts";
import { pathOf } from "./discovery.ts";
import { isReason, type Kube } from "./kube.ts";
import { containerOf, podsOf } from "./pods.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/;

export const LOGS_FLAGS =
  "all-containers! all-pods! container:c= follow:f! ignore-errors! insecure-skip-tls-verify-backend! limit-bytes#0 max-log-requests#5 pod-running-timeout@20s prefix! previous:p! selector:l= since@0s since-time= tail#-1 timestamps!";

/** Where Go's time.Parse stops: what is left, and which part of the layout it was to be. */
function unparsed(time: string): string {
  let rest = time;
  for (const part of ["2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"]) {
    const found = /^\d/.test(part) ? new RegExp(`^\\d{${part.length}}`).exec(rest)?.[0] : rest.startsWith(part) && part; // fixed pattern
    if (!found) return `${q(rest)} as ${q(part)}`;
    rest = rest.slice(found.length);
  }
  return `${q(rest)} as "Z07:00"`;
}

export function* logs(kube: Kube): Task<number> {
  const { flags, args } = kube;
  const selector = flags.text("selector");
  const [word, container] = args;
  if (word === undefined && selector === "")
    throw kube.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (word !== undefined && selector !== "") throw kube.usage("only a selector (-l) or a POD name is allowed");
  if (args.length > 2)
    throw kube.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (container !== undefined && flags.has("container"))
    throw new Fail("only one of -c or an inline [CONTAINER] arg is allowed");
  if (flags.has("since") && flags.has("since-time"))
    throw new Fail("at most one of `sinceTime` or `sinceSeconds` may be specified");
  if (flags.has("pod-running-timeout") && flags.duration("pod-running-timeout", 0) <= 0)
    throw new Fail("--pod-running-timeout must be higher than zero");
  if (flags.duration("since", 0) < 0) throw new Fail("--since must be greater than 0");
  const time = flags.text("since-time");
  if (time !== "" && !RFC3339.test(time))
    throw new Fail(`parsing time ${q(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${unparsed(time)}`);
  if (flags.has("tail") && flags.number("tail", -1) < -1) throw new Fail("--tail must be greater than or equal to -1");
  if (flags.has("limit-bytes") && flags.number("limit-bytes", 0) < 1)
    throw new Fail("--limit-bytes must be greater than 0");
  const wanted = container ?? flags.text("container");
  if (flags.on("all-containers") && wanted !== "")
    throw new Fail(`--all-containers=true should not be specified with container name ${wanted}`);
  const pods = yield* findPods(kube, word, selector);
  if (pods.length === 0) {
    yield* kube.err(`No resources found in ${kube.namespace} namespace.\n`);
    return 0;
  }
  const jobs: { pod: Obj; container: string }[] = [];
  for (const pod of pods) {
    if (flags.on("all-containers")) {
      for (const field of ["initContainers", "containers", "ephemeralContainers"])
        for (const one of at(pod, `spec.${field}`) ?? []) jobs.push({ pod, container: one.name });
    } else jobs.push({ pod, container: yield* containerOf(pod, wanted, (text) => kube.err(text)) });
  }
  if (flags.on("follow") && jobs.length > flags.number("max-log-requests", 5))
    throw new Fail(
      `you are attempting to follow ${jobs.length} log streams, but maximum allowed concurrency is ${flags.number("max-log-requests", 5)}, use --max-log-requests to increase the limit`,
    );
  for (const job of jobs) yield* show(kube, job.pod, job.container, selector !== "");
  return 0;
}

function* findPods(kube: Kube, word: string | undefined, selector: string): Task<Obj[]> {
  if (word === undefined) {
    const client = yield* kube.client();
    const discovery = yield* kube.discovery();
    const resource = yield* discovery.find("pods", 4);
    const list = (yield* client.call({
      path: `${pathOf(resource, kube.namespace)}?labelSelector=${encodeURIComponent(selector)}`,
    })).body;
    return list.items ?? [];
  }
  try {
    const pods = yield* podsOf(kube, word, "get the logs from");
    if (pods.length > 1 && !kube.flags.on("all-pods"))
      yield* kube.err(`Found ${pods.length} pods, using pod/${nameOf(pods[0] as Obj)}\n`);
    return kube.flags.on("all-pods") ? pods : pods.slice(0, 1);
  } catch (error) {
    if (isReason(error, "NotFound") && error.status.details?.name !== undefined)
      throw new Fail(`error from server (NotFound): ${error.message} in namespace "${kube.namespace}"`);
    throw error;
  }
}

function* show(kube: Kube, pod: Obj, container: string, selected: boolean): Task {
  const { flags } = kube;
  const client = yield* kube.client();
  const query: [string, string][] = [["container", container]];
  if (flags.on("follow")) query.push(["follow", "true"]);
  if (flags.has("limit-bytes")) query.push(["limitBytes", flags.text("limit-bytes")]);
  if (flags.on("previous")) query.push(["previous", "true"]);
  if (flags.duration("since", 0) > 0)
    query.push(["sinceSeconds", String(Math.ceil(flags.duration("since", 0) / 1000))]);
  if (flags.has("since-time")) query.push(["sinceTime", flags.text("since-time")]);
  const tail = flags.has("tail") ? flags.number("tail", -1) : selected ? 10 : -1;
  if (tail >= 0) query.push(["tailLines", String(tail)]);
  if (flags.on("timestamps")) query.push(["timestamps", "true"]);
  const path = `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}/log?${query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&")}`;
  const prefix = flags.on("prefix") || flags.on("all-pods") ? `[pod/${nameOf(pod)}/${container}] ` : "";
  for (;;) {
    try {
      const { response } = yield* client.send({ path, accept: "*/*" }, true);
      if (response.status !== 200) {
        const bytes = yield* response.body();
        const text = isErrno(bytes) ? "" : decode(bytes);
        throw statusError(answerOf(response.status, response.headers.get("content-type") ?? "", text), { path });
      }
      yield* copyLines(kube, response, prefix);
      return;
    } catch (error) {
      const refused = error instanceof StatusError || error instanceof DialError;
      if (!refused || !(flags.on("follow") || flags.on("ignore-errors"))) throw error;
      yield* kube.err(`${error.message}\n`);
      if (!flags.on("follow")) return;
      // A log that is followed is asked for again and again.
      yield* kube.sys.sleep(1000);
    }
  }
}

function answerOf(status: number, type: string, text: string): Answer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status, type, text, body };
}

function* copyLines(
  kube: Kube,
  response: { read(): Task<Uint8Array | import("../../kernel/errno.ts").Errno> },
  prefix: string,
): Task {
  let rest: Uint8Array = new Uint8Array(0);
  for (;;) {
    const part = yield* response.read();
    if (isErrno(part) || part.length === 0) break;
    if (prefix === "") {
      yield* kube.sys.write(1, part);
      continue;
    }
    rest = concat([rest, part]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield* kube.sys.write(1, concat([encode(prefix), rest.subarray(0, end + 1)]));
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield* kube.sys.write(1, concat([encode(prefix), rest]));
}
