// Name servers of a pod: the cluster's by the kubelet's settings, the node's, or its own.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type KubeletState, type Pod, setting } from "../state.ts";
import { record } from "./manifest.ts";

/** /etc/resolv.conf of a pod by its dnsPolicy: the cluster's server and search domains, or what the node has. */
export function resolverOf(sys: Sys, state: KubeletState, { object: { spec }, namespace }: Pod): string {
  const domain = setting<string>(state, "clusterDomain") ?? "";
  const servers = setting<string[]>(state, "clusterDNS") ?? [];
  const own = record(spec.dnsConfig);
  const { dnsPolicy = "ClusterFirst" } = spec as { dnsPolicy?: string };
  const clusters =
    dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && spec.hostNetwork !== true);
  const rows: string[] = [];
  if (dnsPolicy !== "None" && clusters && servers.length > 0) {
    if (domain !== "") rows.push(`search ${namespace}.svc.${domain} svc.${domain} ${domain}`);
    rows.push(...servers.map((server) => `nameserver ${server}`), "options ndots:5");
  } else if (dnsPolicy !== "None") {
    const host = sys.readFile(setting<string>(state, "resolvConf") ?? "");
    if (!isErrno(host)) rows.push(...decode(host).trimEnd().split("\n"));
  }
  const searches = (own.searches ?? []) as string[];
  if (searches.length > 0) rows.push(`search ${searches.join(" ")}`);
  rows.push(...((own.nameservers ?? []) as string[]).map((server) => `nameserver ${server}`));
  return `${rows.join("\n")}\n`;
}
