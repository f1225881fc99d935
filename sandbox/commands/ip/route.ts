// Routes as the interfaces of a machine imply them: its own networks, and a default through the first address of one.

import { isErrno } from "../../kernel/errno.ts";
import type { InterfaceInfo, RouteInfo, Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";

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

/** The networks that an interface's own addresses put it in. */
export function connectedRoutes(face: InterfaceInfo): RouteInfo[] {
  if (!face.up || face.name === "lo") return [];
  return ipv4(face)
    .filter((address) => !address.endsWith("/32"))
    .map((address) => {
      const { base, bits } = network(address);
      const source = address.replace(/\/.*/, "");
      return { to: `${base}/${bits}`, device: face.name, source, protocol: "kernel", scope: "link" };
    });
}

const widthOf = ({ to }: RouteInfo) => (to === "default" ? 0 : Number(to.split("/")[1] ?? 32));
const placeOf = ({ to }: RouteInfo) => (to === "default" ? -1 : toNumber(to.replace(/\/.*/, "")));

/** Makes this the table of routes, in the order in which one is looked for. */
export function storeRoutes(sys: Sys, routes: readonly RouteInfo[]): void {
  sys.routes([...routes].sort((a, b) => widthOf(b) - widthOf(a) || (a.metric ?? 0) - (b.metric ?? 0)));
}

/** The main table, in the order in which it is shown. */
export function routesOf(sys: Sys): RouteInfo[] {
  const table = sys.routes();
  if (table !== undefined) return [...table].sort((a, b) => placeOf(a) - placeOf(b) || widthOf(a) - widthOf(b));
  const routes: RouteInfo[] = [];
  for (const face of sys.interfaces()) {
    for (const own of connectedRoutes(face)) {
      const [base = "0.0.0.0"] = own.to.split("/");
      if (routes.every((route) => route.to !== "default"))
        routes.unshift({
          to: "default",
          gateway: configuredGateway(sys) ?? toText(toNumber(base) + 1),
          device: face.name,
          source: own.source,
          protocol: "static",
        });
      routes.push(own);
    }
  }
  return routes;
}

/** The route that a packet to an address takes. */
export function routeTo(sys: Sys, address: string): RouteInfo | undefined {
  const inside = (route: RouteInfo) => {
    const [base = "", bits = "32"] = route.to.split("/");
    const size = 2 ** (32 - Number(bits));
    return Math.floor(toNumber(base) / size) === Math.floor(toNumber(address) / size);
  };
  const routes = sys.routes() ?? routesOf(sys);
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
    const flags = route.type !== undefined ? "!" : route.gateway === undefined ? "U" : "UG";
    const tail = netstat ? "      0 0          0" : `${String(route.metric ?? 0).padEnd(6)} 0        0`;
    text += `${base.padEnd(15)} ${(route.gateway ?? "0.0.0.0").padEnd(15)} ${mask.padEnd(15)} ${flags.padEnd(5)} ${netstat ? `  ${tail.trimStart().padStart(3)}` : tail} ${route.device || "-"}\n`;
  }
  return text;
}
