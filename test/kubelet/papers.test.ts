// Certificates that the API server signs, against a small stand-in for it that signs what it is told to approve.

import { describe, expect, it } from "vitest";
import type { Fleet } from "#sandbox/fleet.ts";
import { bootScene } from "#sandbox/images/index.ts";
import { createClusterPki } from "#sandbox/images/pki.ts";
import { executable } from "#sandbox/kernel/fs/executable.ts";
import type { Program } from "#sandbox/kernel/sys.ts";
import { decode, encode } from "#sandbox/kernel/text.ts";
import { fromBase64, toBase64 } from "#sandbox/lib/crypto/base64.ts";
import { decodePrivateKey } from "#sandbox/lib/crypto/keys.ts";
import { formatPem, parsePem } from "#sandbox/lib/crypto/pem.ts";
import { serveConnection } from "#sandbox/lib/http/server.ts";
import { createCertificate, extension } from "#sandbox/lib/x509/build.ts";
import { certificatesFromPem, parseRequest, readKnownExtensions, USAGE } from "#sandbox/lib/x509/certificate.ts";
import { Programs } from "#sandbox/programs.ts";
import type { Scene } from "#sandbox/scene.ts";

const DAY = 86_400_000;
const SEED = "papers";
const CLOCK = Date.parse("2026-11-21T14:00:00Z");
const pki = createClusterPki(SEED, CLOCK - 180_000 - 40 * DAY, ["controlplane", "172.30.1.2"]);

interface Csr {
  name: string;
  spec: { request: string; signerName: string; usages: string[] };
  by: string;
  certificate?: string;
}

/** What the stand-in was asked, and whether it signs; by hand, so that the test can approve late. */
const desk = { csrs: [] as Csr[], sign: true, life: 365 * DAY };

const caKey = decodePrivateKey(parsePem(pki.ca.key)[0]?.der ?? new Uint8Array());

function signed(csr: Csr, now: number): string {
  const request = parseRequest(
    parsePem(decode(fromBase64(csr.spec.request) ?? new Uint8Array()))[0]?.der ?? new Uint8Array(),
  );
  const names = readKnownExtensions(request.extensions).altNames;
  const usage = csr.spec.signerName.endsWith("serving") ? USAGE.server : USAGE.client;
  if (request.publicKey === undefined) throw new Error("a key of an unknown kind");
  const der = createCertificate(
    {
      serial: Uint8Array.of(1, desk.csrs.length),
      issuer: certificatesFromPem(pki.ca.cert)[0]?.subject ?? [],
      subject: request.subject,
      notBefore: now - 300_000,
      notAfter: now + desk.life,
      publicKey: request.publicKey,
      extensions: [extension.extendedKeyUsage([usage]), ...(names === undefined ? [] : [extension.altNames(names)])],
    },
    caKey,
  );
  return formatPem("CERTIFICATE", der);
}

const standIn: Program = {
  name: "kube-apiserver",
  service: {
    *start(sys) {
      sys.listen({ family: "tcp", address: "::", port: 6443 });
      return undefined;
    },
    *connection(sys, fd) {
      yield* serveConnection(sys, fd, {
        tls: {
          identity: {
            chain: parsePem(pki.apiserver.cert).map((b) => b.der),
            key: decodePrivateKey(parsePem(pki.apiserver.key)[0]?.der ?? new Uint8Array()),
          },
          clientAuth: "request",
          clientCas: certificatesFromPem(pki.ca.cert),
        },
        *handler(request, response) {
          const [peer] = request.tls?.peerCertificates ?? [];
          const by = request.headers.get("authorization") ?? (peer === undefined ? "nobody" : "certificate");
          let answer: unknown = { kind: "Status", code: 404, message: "not found" };
          let status = 404;
          const body = decode(yield* request.body());
          const name = /certificatesigningrequests\/(\S+)$/.exec(request.path)?.[1];
          if (request.method === "POST" && request.path.endsWith("certificatesigningrequests")) {
            const csr: Csr = {
              name: `csr-${desk.csrs.length}`,
              spec: (JSON.parse(body) as { spec: Csr["spec"] }).spec,
              by,
            };
            desk.csrs.push(csr);
            status = 201;
            answer = { metadata: { name: csr.name }, spec: csr.spec };
          } else if (name !== undefined) {
            const csr = desk.csrs.find((each) => each.name === name);
            if (csr !== undefined && desk.sign) csr.certificate ??= toBase64(encode(signed(csr, sys.now())));
            status = 200;
            answer = { metadata: { name }, status: { certificate: csr?.certificate } };
          } else if (/nodes|leases|events/.test(request.path)) {
            status = request.method === "POST" ? 201 : 200;
            answer = JSON.parse(body === "" ? "{}" : body) as unknown;
          }
          response.set("Content-Type", "application/json");
          response.writeHead(status);
          yield* response.write(JSON.stringify(answer));
        },
      });
    },
  },
};

const UNIT = {
  "/etc/systemd/system/stand-in.service": "[Service]\nExecStart=/usr/bin/kube-apiserver\n",
  "/etc/systemd/system/multi-user.target.wants/stand-in.service": "[Service]\nExecStart=/usr/bin/kube-apiserver\n",
};

/** A worker whose API server is the stand-in, on the outsider's boat at the API server's address. */
async function boot(node: Partial<Scene["machines"][number]>, sign = true): Promise<Fleet> {
  Object.assign(desk, { csrs: [], sign, life: 365 * DAY });
  const programs = new Programs();
  const known = programs.get.bind(programs);
  programs.get = (name) => (name === "kube-apiserver" ? standIn : known(name));
  // What the timers of systemd run when months go by at once.
  await programs.load("true");
  return bootScene(
    {
      seed: SEED,
      machines: [
        {
          name: "harbour",
          image: "outsider",
          address: "172.30.1.2",
          files: { ...UNIT, "/usr/bin/kube-apiserver": { content: decode(executable("kube-apiserver")), mode: 0o755 } },
        },
        { name: "node01", image: "worker", ...node },
      ],
    } as Scene,
    programs,
  );
}

const read = (fleet: Fleet, path: string): string => {
  const data = fleet.readFile("node01", path);
  return data instanceof Uint8Array ? decode(data) : "";
};

const CONFIG = "/var/lib/kubelet/config.yaml";

describe("papers of the kubelet", () => {
  it("asks for a serving certificate, refuses handshakes until it is signed, and keeps it as PEM", async () => {
    const fleet = await boot(
      {
        edits: { [CONFIG]: [["rotateCertificates: true", "rotateCertificates: true\nserverTLSBootstrap: true"]] },
      },
      false,
    );
    const served = (): unknown =>
      [...fleet.machine("node01").state.processes.values()].find((p) => p.program === "kubelet")?.kept;
    expect(served()).toHaveProperty("serving", undefined);
    desk.sign = true;
    fleet.advance(10_000);
    expect(served()).toHaveProperty("serving.certificate");
    expect(desk.csrs.map((c) => [c.spec.signerName, c.spec.usages, c.by])).toEqual([
      ["kubernetes.io/kubelet-serving", ["digital signature", "server auth"], "certificate"],
    ]);
    const pem = read(fleet, "/var/lib/kubelet/pki/kubelet-server-current.pem");
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----[\s\S]*-----BEGIN EC PRIVATE KEY-----/);
    expect(certificatesFromPem(pem)[0]?.altNames).toHaveLength(2);
  });

  it("makes a node's first kubeconfig and certificate from a bootstrap token", async () => {
    const bootstrap = `apiVersion: v1
kind: Config
clusters: [{name: k, cluster: {server: "https://172.30.1.2:6443", certificate-authority-data: ${toBase64(encode(pki.ca.cert))}}}]
contexts: [{name: c, context: {cluster: k, user: u}}]
current-context: c
users: [{name: u, user: {token: abcdef.0123456789abcdef}}]
`;
    const fleet = await boot({
      remove: ["/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/pki/kubelet-client-current.pem"],
      files: { "/etc/kubernetes/bootstrap-kubelet.conf": bootstrap },
    });
    expect(desk.csrs[0]?.by).toBe("Bearer abcdef.0123456789abcdef");
    expect(desk.csrs).toHaveLength(1);
    expect(read(fleet, "/etc/kubernetes/kubelet.conf")).toContain(
      "client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem",
    );
    expect(certificatesFromPem(read(fleet, "/var/lib/kubelet/pki/kubelet-client-current.pem"))).toHaveLength(1);
  });

  it("rotates its client certificate between 70 and 90 per cent of its life", async () => {
    const fleet = await boot({});
    expect(desk.csrs).toHaveLength(0);
    const before = read(fleet, "/var/lib/kubelet/pki/kubelet-client-current.pem");
    const began = CLOCK - 180_000 - 40 * DAY;
    fleet.world.state.now = began + 0.69 * 365 * DAY;
    fleet.world.goal = fleet.world.state.now;
    fleet.advance(1000);
    expect(desk.csrs).toHaveLength(0);
    fleet.world.state.now = began + 0.91 * 365 * DAY;
    fleet.world.goal = fleet.world.state.now;
    fleet.advance(5000);
    expect(desk.csrs.map((c) => c.spec.signerName)).toEqual(["kubernetes.io/kube-apiserver-client-kubelet"]);
    expect(read(fleet, "/var/lib/kubelet/pki/kubelet-client-current.pem")).not.toBe(before);
  });
});
