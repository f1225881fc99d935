// What a start wants of the kubeconfig and the bootstrap kubeconfig, and of the certificate that is named there.

import { decode } from "../../../kernel/text.ts";
import { fromBase64 } from "../../../lib/crypto/base64.ts";
import { certificatesFromPem } from "../../../lib/x509/certificate.ts";
import { quoteGo } from "../../../lib/yaml-go/json.ts";
import { structured } from "../../log.ts";
import type { Effective } from "../effective.ts";
import { readKubeconfig } from "../kubeconfig.ts";
import { type Context, type HostFacts, type Problem, run } from "./step.ts";

export function checkKubeconfig(c: Context): Problem | undefined {
  const path = c.effective.flags["kubeconfig"];
  if (typeof path !== "string" || path === "") {
    if (!c.profile.structured)
      c.log.push({ severity: "W", source: "server.go:558", text: "standalone mode, no API client" });
    return undefined;
  }
  const bootstrap = c.effective.flags["bootstrap-kubeconfig"];
  const missing = c.facts.stat(path);
  if (typeof bootstrap === "string" && bootstrap !== "") {
    const rotates = c.profile.structured && c.on("rotateCertificates");
    const invalid = missing === undefined && rotates ? certificateProblem(c, path) : undefined;
    const expired = expiredAt(c.facts, path);
    if (missing === undefined && invalid === undefined && expired === undefined) return checkContent(c, path);
    if (expired !== undefined && invalid === undefined)
      c.log.push({
        severity: "E",
        source: "bootstrap.go:265",
        text: `part of the existing bootstrap client certificate is expired: ${new Date(expired).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`,
      });
    if (invalid !== undefined)
      c.log.push({
        severity: "E",
        source: `bootstrap.go:${invalid.line}`,
        text: structured("Unhandled Error", ["err", invalid.text], ["logger", "UnhandledError"]),
      });
    const absent = c.facts.stat(bootstrap);
    if (absent !== undefined) return run(`unable to load bootstrap kubeconfig: ${absent.error}`);
    return undefined;
  }
  if (missing !== undefined) return run(`invalid kubeconfig: ${missing.error}`);
  return checkContent(c, path);
}

/** Why the kubeconfig has no client certificate to go on with (isClientConfigStillValid): then the kubelet bootstraps anew. */
function certificateProblem(c: Context, path: string): { line: number; text: string } | undefined {
  const read = c.facts.readFile(path);
  const config = typeof read === "string" && read.trim() !== "" ? readKubeconfig(read) : undefined;
  const empty = config === undefined || (!("error" in config) && config.cluster === "" && config.user === "");
  if (config === undefined || empty || "error" in config) {
    const inner =
      config === undefined || !("error" in config)
        ? "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable"
        : `error loading config file ${quoteGo(path)}: ${config.error}`;
    return { line: 242, text: `unable to read existing bootstrap client config from ${path}: ${inner}` };
  }
  const expired = expiredAt(c.facts, path);
  if (expired !== undefined) {
    const when = `${new Date(expired).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
    return { line: 264, text: `part of the existing bootstrap client certificate in ${path} is expired: ${when}` };
  }
  if (config.clientCertificateData !== undefined) return undefined;
  const file = config.clientCertificate === undefined ? "" : c.facts.readFile(config.clientCertificate);
  if (typeof file !== "string") {
    const unreadable = [
      `unable to read client-cert ${config.clientCertificate} for ${config.user} due to ${file.error}`,
      ...(config.clientKey === undefined
        ? []
        : [`unable to read client-key ${config.clientKey} for ${config.user} due to ${file.error}`]),
    ];
    return {
      line: 242,
      text: `unable to read existing bootstrap client config from ${path}: invalid configuration: [${unreadable.join(", ")}]`,
    };
  }
  if (certificatesFromPem(file).length > 0) return undefined;
  const inner = "data does not contain any valid RSA or ECDSA certificates";
  return {
    line: 257,
    text: `unable to load TLS certificates from existing bootstrap client config read from ${path}: ${inner}`,
  };
}

/** When the client certificate of a kubeconfig ran out; undefined where it is good, or cannot be read. */
function expiredAt(facts: HostFacts, path: string): number | undefined {
  const read = facts.readFile(path);
  const config = typeof read === "string" ? readKubeconfig(read) : undefined;
  if (config === undefined || "error" in config || facts.now === undefined) return undefined;
  const { clientCertificate: file, clientCertificateData: data } = config;
  const bytes = data === undefined ? undefined : fromBase64(data);
  const pem = bytes === undefined ? (file === undefined ? undefined : facts.readFile(file)) : decode(bytes);
  if (typeof pem !== "string") return undefined;
  return certificatesFromPem(pem).find((cert) => cert.notAfter < (facts.now ?? 0))?.notAfter;
}

/** The bootstrap kubeconfig where it is needed: no kubeconfig yet, or one whose certificate is gone or has run out. */
export function needsBootstrap(effective: Effective, facts: HostFacts): string | undefined {
  const { kubeconfig, "bootstrap-kubeconfig": bootstrap } = effective.flags;
  if (typeof kubeconfig !== "string" || kubeconfig === "" || typeof bootstrap !== "string" || bootstrap === "")
    return undefined;
  const text = facts.readFile(bootstrap);
  if (typeof text !== "string") return undefined;
  const own = facts.readFile(kubeconfig);
  if (typeof own !== "string") return text;
  const config = readKubeconfig(own);
  if ("error" in config) return undefined;
  const gone = config.clientCertificate !== undefined && typeof facts.readFile(config.clientCertificate) !== "string";
  return gone || expiredAt(facts, kubeconfig) !== undefined ? text : undefined;
}

function checkContent(c: Context, path: string): Problem | undefined {
  const read = c.facts.readFile(path);
  if (typeof read !== "string") return run(`invalid kubeconfig: ${read.error}`);
  const kubeconfig = readKubeconfig(read);
  if ("error" in kubeconfig)
    return run(`invalid kubeconfig: error loading config file ${quoteGo(path)}: ${kubeconfig.error}`);
  const unreadable: string[] = [];
  const check = (what: string, file: string | undefined, owner: string): void => {
    if (file === undefined || file === "") return;
    const data = c.facts.readFile(file);
    if (typeof data !== "string") unreadable.push(`unable to read ${what} ${file} for ${owner} due to ${data.error}`);
  };
  check("client-cert", kubeconfig.clientCertificate, kubeconfig.user);
  check("client-key", kubeconfig.clientKey, kubeconfig.user);
  check("certificate-authority", kubeconfig.certificateAuthority, kubeconfig.cluster);
  if (unreadable.length > 0) return run(`invalid kubeconfig: invalid configuration: [${unreadable.join(", ")}]`);
  return undefined;
}
