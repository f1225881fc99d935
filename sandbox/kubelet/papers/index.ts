// Certificates that the API server signs: requests, the wait for approval, the files, and rotation before they run out.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import { ecKeyFromScalar, encodeTraditional } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { altNamesOf, createRequest, extension } from "../../lib/x509/build.ts";
import { certificatesFromPem } from "../../lib/x509/certificate.ts";
import { createGoName } from "../../lib/x509/name.ts";
import { makeFolders, readText } from "../files.ts";
import { type ApiReply, callApi, createClient, forgetConnections } from "../node/api.ts";
import { type KubeletState, line, log } from "../state.ts";
import { currentPath, PAPERS_PROGRAM, type Pair, type PapersProgram, type Purpose, splitPem } from "./load.ts";
import { createSelfSigned } from "./self-signed.ts";

const CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const SIGNERS = {
  client: "kubernetes.io/kube-apiserver-client-kubelet",
  server: "kubernetes.io/kubelet-serving",
} as const;
/** How often a pending request is looked at: soon and often at first, as a watch would tell at once. */
const FIRST_LOOK = 300;
const LOOK = 1000;
const LOOK_LATER = 5000;
const GIVE_UP = 15 * 60_000;

const timer = (purpose: Purpose): string => `papers:${purpose}`;

function* tend(sys: Sys, state: KubeletState, purpose: Purpose): Task {
  const papers = state.papers[purpose];
  if (papers?.name !== undefined) return yield* look(sys, state, purpose);
  const text = readText(sys, currentPath(state, purpose));
  const own = splitPem(text);
  const leaf = own === undefined ? undefined : certificatesFromPem(own.certificate)[0];
  const now = sys.now();
  if (own !== undefined && leaf !== undefined && leaf.notAfter > now) {
    if (purpose === "server") state.serving = own;
    const deadline = papers?.deadline ?? rotationTime(sys, leaf.notBefore, leaf.notAfter);
    state.papers[purpose] = { deadline };
    if (deadline > now) {
      sys.setTimer(timer(purpose), deadline);
      yield* say(
        sys,
        state,
        "Certificate rotation deadline determined",
        "certificate_manager.go:715",
        deadline,
        leaf.notAfter,
      );
      return;
    }
  } else if (purpose === "server") state.serving = undefined;
  if (
    purpose === "client" &&
    leaf !== undefined &&
    leaf.notAfter <= now &&
    (yield* hasExpired(sys, state, leaf.notAfter))
  )
    return;
  yield* request(sys, state, purpose);
}

/** Between 70 and 90 per cent of a certificate's life, by lot. */
function rotationTime(sys: Sys, from: number, to: number): number {
  const [high = 0, low = 0] = sys.random(2);
  return Math.floor(from + (to - from) * (0.7 + (0.2 * (high * 256 + low)) / 65_536));
}

function* say(sys: Sys, state: KubeletState, message: string, source: string, deadline: number, expires: number): Task {
  const text = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
  yield* log(
    sys,
    line(
      state,
      "I",
      [source, message, ["expiration", text(expires)], ["deadline", text(deadline)]],
      [
        "certificate_manager.go:282",
        `Certificate expiration is ${text(expires)}, rotation deadline is ${text(deadline)}`,
      ],
    ),
    2,
  );
}

/** Five minutes without a valid certificate while the API server answers: the kubelet ends, so that it is started anew. */
function* hasExpired(sys: Sys, state: KubeletState, since: number): Task<boolean> {
  if (sys.now() < Math.max(since, state.startedAt) + 5 * 60_000) return false;
  const reply = yield* callApi(sys, state, "GET", "/healthz");
  const up = "status" in reply;
  const text = up
    ? "The currently active client certificate has expired and the server is responsive, exiting"
    : "The currently active client certificate has expired, but the server is not responsive. A restart may be necessary to retrieve new initial credentials";
  yield* log(sys, line(state, up ? "F" : "E", ["transport.go:112", text], ["transport.go:112", `${text}.`]));
  if (up) yield* sys.exit(state.profile.failStatus);
  return false;
}

// --- asking ---

/** The names of a serving certificate: those the node is known by. */
const hostNames = (state: KubeletState): string[] => [state.nodeName, state.nodeIP];

function* request(sys: Sys, state: KubeletState, purpose: Purpose): Task {
  const scalar = sys.random(32);
  scalar[0] = (scalar[0] ?? 0) & 0x7f;
  const key = ecKeyFromScalar("P-256", scalar);
  const subject = createGoName(`system:node:${state.nodeName}`, ["system:nodes"]);
  const names = purpose === "server" ? [extension.altNames(altNamesOf(hostNames(state)))] : [];
  const pem = formatPem("CERTIFICATE REQUEST", createRequest(subject, key, names));
  yield* log(
    sys,
    line(
      state,
      "I",
      ["certificate_manager.go:566", "Rotating certificates"],
      ["certificate_manager.go:412", "Rotating certificates"],
    ),
    2,
  );
  const caller = clientFor(state, purpose);
  const reply = yield* callApi(sys, caller, "POST", CSRS, {
    kind: "CertificateSigningRequest",
    apiVersion: "certificates.k8s.io/v1",
    metadata: { generateName: "csr-" },
    spec: {
      request: toBase64(encode(pem)),
      signerName: SIGNERS[purpose],
      usages: ["digital signature", `${purpose} auth`],
    },
  });
  const name = "body" in reply ? (reply.body["metadata"] as { name?: string } | undefined)?.name : undefined;
  if (!("status" in reply) || reply.status >= 300 || name === undefined) {
    yield* failed(sys, state, `cannot create certificate signing request: ${words(reply)}`);
    const pause = Math.min(32_000, (state.papers[purpose]?.pause ?? 1000) * 2);
    state.papers[purpose] = { ...state.papers[purpose], pause };
    sys.setTimer(timer(purpose), sys.now() + pause);
    return;
  }
  const text = formatPem("EC PRIVATE KEY", encodeTraditional(key));
  state.papers[purpose] = { name, key: text, asked: sys.now() };
  sys.setTimer(timer(purpose), sys.now() + FIRST_LOOK);
}

const words = (reply: ApiReply): string => ("error" in reply ? reply.error : reply.text);

/** Who asks: the kubelet itself, or the bearer of the bootstrap token while it has no certificate. */
const clientFor = (state: KubeletState, purpose: Purpose): Pick<KubeletState, "client" | "idle" | "profile"> =>
  purpose === "client" && state.bootstrap !== undefined
    ? { client: state.bootstrap, idle: [], profile: state.profile }
    : state;

function* failed(sys: Sys, state: KubeletState, inner: string): Task {
  yield* log(
    sys,
    line(
      state,
      "E",
      [
        "certificate_manager.go:596",
        "Failed while requesting a signed certificate from the control plane",
        ["err", inner],
      ],
      ["certificate_manager.go:437", `Failed while requesting a signed certificate from the master: ${inner}`],
    ),
  );
}

// --- waiting ---

interface CsrStatus {
  readonly certificate?: string;
  readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
}

function* look(sys: Sys, state: KubeletState, purpose: Purpose): Task {
  const pending = state.papers[purpose];
  const { name = "", key = "", asked = 0 } = pending ?? {};
  const caller = clientFor(state, purpose);
  const reply = yield* callApi(sys, caller, "GET", `${CSRS}/${name}`);
  for (const fd of caller === state ? [] : caller.idle) sys.close(fd);
  const again = (): void => {
    state.papers[purpose] = {};
    sys.setTimer(timer(purpose), sys.now() + 1000);
  };
  if ("status" in reply && reply.status === 404) return again();
  const status = ("body" in reply ? (reply.body["status"] ?? {}) : {}) as CsrStatus;
  const refused = status.conditions?.find((c) => c.type === "Denied" || c.type === "Failed");
  if (refused !== undefined) {
    const word = refused.type === "Denied" ? "denied" : "failed";
    yield* failed(
      sys,
      state,
      `certificate signing request is not approved, reason: "${refused.reason ?? ""}", message: "${refused.message ?? ""}" (${word})`,
    );
    return again();
  }
  const bytes = status.certificate === undefined ? undefined : fromBase64(status.certificate);
  if (bytes !== undefined) return yield* take(sys, state, purpose, { certificate: decode(bytes), key });
  if (sys.now() > asked + GIVE_UP) {
    yield* log(
      sys,
      line(
        state,
        "E",
        [
          "certificate_manager.go:613",
          "Certificate request was not signed",
          ["err", "timed out waiting for the condition"],
        ],
        ["certificate_manager.go:454", "certificate request was not signed: timed out waiting for the condition"],
      ),
    );
    return again();
  }
  sys.setTimer(timer(purpose), sys.now() + (sys.now() < asked + 120_000 ? LOOK : LOOK_LATER));
}

/** Writes a signed pair down, turns the link to it and uses it. */
function* take(sys: Sys, state: KubeletState, purpose: Purpose, pair: Pair): Task {
  const link = currentPath(state, purpose);
  const stamp = new Date(sys.now()).toISOString().slice(0, 19).replaceAll(":", "-").replace("T", "-");
  const path = link.replace(/current\.pem$/, `${stamp}.pem`);
  makeFolders(sys, path.slice(0, path.lastIndexOf("/")));
  sys.writeFile(path, pair.certificate + pair.key, { mode: 0o600 });
  if (!isErrno(sys.lstat(link))) sys.unlink(link);
  sys.symlink(path, link);
  state.papers[purpose] = {};
  if (purpose === "client") {
    const config = readText(sys, String(state.effective.flags["kubeconfig"] ?? ""));
    const client = config === undefined ? undefined : createClient(config, (file) => readText(sys, file));
    state.client = client ?? state.client;
    forgetConnections(sys, state);
    const begun = state.bootstrap === undefined;
    state.bootstrap = undefined;
    if (!begun) for (const name of ["node", "lease", "pods"]) sys.setTimer(name, sys.now());
  }
  yield* tend(sys, state, purpose);
}

export const kubeletPapers: PapersProgram = { name: PAPERS_PROGRAM, papers: { createSelfSigned, tend } };
