// A kubeconfig: the current context's server, trust and credentials.

import type { Json } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";

export interface Kubeconfig {
  readonly server: string;
  readonly cluster: string;
  readonly user: string;
  readonly certificateAuthority: string | undefined;
  readonly certificateAuthorityData: string | undefined;
  readonly clientCertificate: string | undefined;
  readonly clientCertificateData: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientKeyData: string | undefined;
  readonly token: string | undefined;
  readonly insecure: boolean;
}

/** A JSON tree as plain data. */
export function plainJson(json: Json): unknown {
  switch (json.kind) {
    case "null":
      return null;
    case "bool":
    case "string":
      return json.value;
    case "number":
      return Number(json.text);
    case "array":
      return json.items.map(plainJson);
    case "object":
      return Object.fromEntries(json.entries.map((e) => [e.key, plainJson(e.value)]));
  }
}

type Record_ = Record<string, unknown>;

export function readKubeconfig(text: string): Kubeconfig | { readonly error: string } {
  let root: Record_;
  try {
    const data = plainJson(yamlToJson(text).json);
    if (typeof data !== "object" || data === null || Array.isArray(data))
      return {
        error:
          "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct",
      };
    root = data as Record_;
  } catch (error) {
    if (error instanceof YamlError) return { error: error.message };
    throw error;
  }
  const named = (list: string, name: unknown, key: string): Record_ =>
    (((root[list] ?? []) as Record_[]).find((item) => item["name"] === name)?.[key] ?? {}) as Record_;
  const context = named("contexts", root["current-context"], "context");
  const cluster = named("clusters", context["cluster"], "cluster");
  const user = named("users", context["user"], "user");
  const text_ = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  return {
    server: text_(cluster["server"]) ?? "https://localhost:6443",
    cluster: String(context["cluster"] ?? ""),
    user: String(context["user"] ?? ""),
    certificateAuthority: text_(cluster["certificate-authority"]),
    certificateAuthorityData: text_(cluster["certificate-authority-data"]),
    clientCertificate: text_(user["client-certificate"]),
    clientCertificateData: text_(user["client-certificate-data"]),
    clientKey: text_(user["client-key"]),
    clientKeyData: text_(user["client-key-data"]),
    token: text_(user["token"]),
    insecure: cluster["insecure-skip-tls-verify"] === true,
  };
}
