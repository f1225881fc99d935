// Routes as the interfaces of a machine imply them: its own networks, and a default through the first address of one.

import { isErrno } from "../../kernel/errno.ts";
import type { InterfaceInfo, Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";

export interface Route {
  /** `default` or a network such as 172.30.0.0/16. */
  readonly to: string;
  readonly gateway: string | undefined;
  readonly device: string;
  readonly source: string;
}

const toNumber = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** First address of the network of `a.b.c.d/n`, and its broadcast address and mask. */
export function network(cidr: string): { base: string; broadcast: string; mask: string; bits: number } {
  const [address = "0.0.0.0", length = "32"] = cidr.split("/");
  const bits = Number(length);
  const size = 2 ** (32 - bits);
  const base = Math.floor(toNumber(address) / size) * size;
  return { base: toText(base), broadcast: toText(base + size - 1), mask: toText(2 ** 32 - size), bits };
}

export const ipv4 = (face: InterfaceInfo) => face.addresses.filter((address) => !address.includes(":"));

/** The gateway that /etc/network/interfaces names. */
function configuredGateway(sys: Sys): string | undefined {
  const bytes = sys.readFile("/etc/network/interfaces");
  return isErrno(bytes) ? undefined : /^\s*gateway\s+(\S+)/m.exec(decode(bytes))?.[1];
}

export function routesOf(sys: Sys): Route[] {
  const routes: Route[] = [];
  for (const face of sys.interfaces()) {
    if (!face.up || face.name === "lo") continue;
    for (const address of ipv4(face)) {
      const { base, bits } = network(address);
      const source = address.replace(/\/.*/, "");
      if (routes.every((route) => route.to !== "default"))
        routes.unshift({
          to: "default",
          gateway: configuredGateway(sys) ?? toText(toNumber(base) + 1),
          device: face.name,
          source,
        });
      routes.push({ to: `${base}/${bits}`, gateway: undefined, device: face.name, source });
    }
  }
  return routes;
}

/** The route that a packet to an address takes. */
export function routeTo(sys: Sys, address: string): Route | undefined {
  const inside = (route: Route) => {
    const [base = "", bits = "0"] = route.to.split("/");
    const size = 2 ** (32 - Number(bits));
    return Math.floor(toNumber(base) / size) === Math.floor(toNumber(address) / size);
  };
  const routes = routesOf(sys);
  return (
    routes.find((route) => route.to !== "default" && inside(route)) ?? routes.find((route) => route.to === "default")
  );
}

/** The table of `route -n` and `netstat -rn`. */
export function routeTable(sys: Sys, netstat: boolean): string {
  const columns = netstat ? "MSS Window  irtt Iface" : "Metric Ref    Use Iface";
  let text = `Kernel IP routing table\nDestination     Gateway         Genmask         Flags ${netstat ? `  ${columns}` : columns}\n`;
  for (const route of routesOf(sys)) {
    const { base, mask } = network(route.to === "default" ? "0.0.0.0/0" : route.to);
    const flags = route.gateway === undefined ? "U" : "UG";
    const tail = netstat ? "      0 0          0" : "0      0        0";
    text += `${base.padEnd(15)} ${(route.gateway ?? "0.0.0.0").padEnd(15)} ${mask.padEnd(15)} ${flags.padEnd(5)} ${netstat ? `  ${tail.trimStart().padStart(3)}` : tail} ${route.device}\n`;
  }
  return text;
}
