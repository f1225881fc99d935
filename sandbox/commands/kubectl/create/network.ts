// kubectl create service and ingress: how pods are reached.

import type { KubectlCommand } from "../command.ts";
import { Fail, filled, type Obj, q } from "../values.ts";
import { generator, intOrString, splitLabel } from "./generator.ts";

const serviceOf = (name: string, type: string): KubectlCommand =>
  generator({
    name,
    short: `Create ${/^[AEIOU]/.test(type) ? "an" : "a"} ${type} service`,
    flags: "clusterip= external-name= node-port# tcp*",
    makes: ["v1", "Service"],
    failing: `${type} service: `,
    ...(type === "ExternalName" ? { required: ["external-name"] } : {}),
    make({ flags }, app) {
      const nodePort = flags.has("node-port") ? flags.number("node-port", 0) : undefined;
      const ports = flags.list("tcp").map((text) => {
        const [port = "", target = port] = text.split(":");
        if (!/^\d+$/.test(port)) throw new Fail(`strconv.ParseUint: parsing ${q(port)}: invalid syntax`);
        if (Number(port) > 65535) throw new Fail(`strconv.ParseUint: parsing ${q(port)}: value out of range`);
        const targetPort = intOrString(target);
        return filled({ name: text.replace(":", "-"), port: Number(port), protocol: "TCP", targetPort, nodePort });
      });
      if (ports.length === 0 && type !== "ExternalName" && flags.text("clusterip") !== "None")
        throw new Fail("at least one tcp port specifier must be provided");
      const spec = {
        ...(type === "ExternalName" ? { externalName: flags.text("external-name") } : {}),
        ...filled({ clusterIP: flags.text("clusterip"), ports }),
        selector: { app },
        type,
      };
      return { metadata: { name: app, labels: { app } }, spec, status: { loadBalancer: {} } };
    },
  });

export const service: KubectlCommand = {
  name: "service",
  short: "Create a service using a specified subcommand",
  aliases: ["svc"],
  usage: "[flags] [options]",
  bare: { fd: 2, code: 1 },
  sub: ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"].map((type) => serviceOf(type.toLowerCase(), type)),
};

/** `host/path=service:port[,tls[=secret]]` of --rule. */
const INGRESS_RULE =
  /^(?:(?<host>(?:\*|[\w-]+)(?:\.[\w-]+)*)?)(?<path>\/[^=,]*)=(?<service>[\w-]+):(?<port>[\w-]+)(?<tls>,tls(?:=(?<secret>[\w.-]+))?)?$/;

const backend = (name: string, port: string): Obj => ({
  service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
});

/** Rules and certificates of --rule, by host and by secret. */
function readRules(texts: readonly string[]): { rules: Obj[]; tls: Obj[] } {
  const hosts = new Map<string, Obj[]>();
  const secrets = new Map<string, string[]>();
  for (const text of texts) {
    const found = INGRESS_RULE.exec(text)?.groups;
    if (found === undefined)
      throw new Fail(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
    const { host = "", path = "", service = "", port = "", tls, secret = "" } = found;
    const prefix = path.endsWith("*");
    hosts.set(host, [
      ...(hosts.get(host) ?? []),
      {
        path: prefix ? path.slice(0, -1) : path,
        pathType: prefix ? "Prefix" : "Exact",
        backend: backend(service, port),
      },
    ]);
    if (tls !== undefined) secrets.set(secret, [...(secrets.get(secret) ?? []), ...(host === "" ? [] : [host])]);
  }
  return {
    rules: [...hosts].map(([host, paths]) => filled({ host, http: { paths } })),
    tls: [...secrets].map(([secretName, names]) => filled({ hosts: [...new Set(names)], secretName })),
  };
}

export const ingress = generator({
  name: "ingress",
  short: "Create an ingress with the specified name",
  aliases: ["ing"],
  usage: "NAME --rule=host/path=service:port[,tls[=secret]] [options]",
  flags: "annotation+ class= default-backend= rule+",
  makes: ["networking.k8s.io/v1", "Ingress"],
  failing: "ingress: ",
  make({ flags }, name) {
    if (flags.list("rule").length === 0 && !flags.has("default-backend"))
      throw new Fail(
        "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
      );
    if (flags.has("default-backend") && !/^[^:]+:[^:]+$/.test(flags.text("default-backend")))
      throw new Fail("default-backend should be in format servicename:serviceport");
    for (const pair of flags.list("annotation"))
      if (!pair.includes("=")) throw new Fail(`annotation ${pair} is invalid and should be in format key=[value]`);
    const { rules, tls } = readRules(flags.list("rule"));
    const [service = "", port = ""] = flags.text("default-backend").split(":");
    const spec = filled({
      ingressClassName: flags.text("class"),
      defaultBackend: flags.has("default-backend") ? backend(service, port) : undefined,
      tls,
      rules,
    });
    const annotations = Object.fromEntries(flags.list("annotation").map(splitLabel));
    return { metadata: { name, ...filled({ annotations }) }, spec, status: { loadBalancer: {} } };
  },
});
