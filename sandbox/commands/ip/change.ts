// What ip changes, once nothing speaks against it: interfaces, their addresses, and the routes that follow from them or are set by hand.

import type { InterfaceInfo, RouteInfo, Sys } from "../../kernel/sys.ts";
import { ownAddress, withBits } from "./devices.ts";
import { Failure, refused } from "./failure.ts";
import { connectedRoutes, network, routesOf, storeRoutes } from "./route.ts";
import { REFUSING } from "./routes.ts";

/** What an option that is not modelled is called, for the one line that says so. */
export type Unmodelled = { readonly option: string };
export type Changed = Failure | Unmodelled | undefined;

/** Words of a change: values by the word before them, and those that stand alone. */
function readWords(words: readonly string[], taking: readonly string[]) {
  const values = new Map<string, string>();
  const alone: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (taking.includes(word)) values.set(word, words[++i] ?? "");
    else alone.push(word);
  }
  return { values, alone };
}

/** Puts a changed interface in the place of the old one; undefined takes it away. Routes follow. */
function replaceFace(sys: Sys, old: InterfaceInfo, face: InterfaceInfo | undefined): void {
  const faces = sys.interfaces().flatMap((one) => (one !== old ? [one] : face === undefined ? [] : [face]));
  const before = connectedRoutes(old);
  const after = face === undefined ? [] : connectedRoutes(face);
  const same = (a: RouteInfo, b: RouteInfo) => a.to === b.to && a.device === b.device && a.source === b.source;
  const kept = routesOf(sys)
    .filter((route) => route.device !== old.name || face?.up === true)
    .filter((route) => !before.some((one) => same(one, route)) || after.some((one) => same(one, route)))
    .map((route) => (route.device === old.name && face !== undefined ? { ...route, device: face.name } : route));
  const added = after.filter((route) => !kept.some((one) => same(one, route)));
  sys.interfaces(faces);
  storeRoutes(sys, [...kept, ...added]);
}

const faceOf = (sys: Sys, name: string | undefined) => sys.interfaces().find((face) => face.name === name);

const SET = ["dev", "mtu", "name", "address", "alias", "promisc"];

/** `ip link set`. */
function setLink(sys: Sys, words: readonly string[]): Changed {
  const { values, alone } = readWords(words, SET);
  const name = values.get("dev") ?? alone.find((word) => word !== "up" && word !== "down");
  const old = faceOf(sys, name);
  if (old === undefined) return undefined;
  const other = alone.find((word) => !["up", "down", name].includes(word));
  if (other !== undefined) return { option: `ip link set ${other}` };
  const mtu = Number(values.get("mtu") ?? old.mtu);
  if (mtu < (old.name === "lo" ? 0 : 68)) return new Failure("Error: mtu less than device minimum.", 2);
  if (old.name !== "lo" && mtu > 65_535) return new Failure("Error: mtu greater than device maximum.", 2);
  const renamed = values.get("name") ?? old.name;
  if (renamed !== old.name && faceOf(sys, renamed) !== undefined) return refused("File exists");
  const turned = alone.findLast((word) => word === "up" || word === "down");
  const up = turned === undefined ? old.up : turned === "up";
  const loop = old.name === "lo";
  // A link that goes down loses its addresses of IPv6; the loop gets its own back.
  const lost = old.up && !up;
  const addresses = old.addresses.filter((address) => !lost || !address.includes(":"));
  const back = loop && up && !addresses.includes("::1/128") ? ["::1/128"] : [];
  const promisc = values.has("promisc") ? values.get("promisc") === "on" : old.promisc;
  const alias = values.get("alias") ?? old.alias;
  replaceFace(sys, old, {
    ...old,
    mtu,
    name: renamed,
    up,
    mac: values.get("address")?.toLowerCase() ?? old.mac,
    addresses: [...addresses, ...back],
    ...(promisc === undefined ? {} : { promisc }),
    ...(alias === undefined ? {} : { alias }),
  });
  return undefined;
}

/** `ip link add`: interfaces that need nothing behind them. */
function addLink(sys: Sys, words: readonly string[]): Changed {
  const { values, alone } = readWords(words, ["dev", "name", "type", "address", "mtu"]);
  const kind = values.get("type") ?? "";
  if (kind !== "dummy" && kind !== "bridge") return { option: `ip link add type ${kind}` };
  const faces = sys.interfaces();
  const free = (n = 0): string => (faceOf(sys, `${kind}${n}`) === undefined ? `${kind}${n}` : free(n + 1));
  const name = values.get("name") ?? values.get("dev") ?? alone[0] ?? free();
  if (name.length > 15) return new Failure("Error: Attribute failed policy validation.", 2);
  if (faceOf(sys, name) !== undefined) return refused("File exists");
  const bytes = sys.random(6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 2;
  const mac = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
  const index = Math.max(...faces.map((face) => face.index)) + 1;
  const mtu = Number(values.get("mtu") ?? 1500);
  sys.interfaces([...faces, { index, name, mac: values.get("address") ?? mac, mtu, up: false, addresses: [], kind }]);
  return undefined;
}

export function changeLink(sys: Sys, verb: string, words: readonly string[]): Changed {
  if (verb === "set" || verb === "change" || verb === "replace") return setLink(sys, words);
  if (verb === "add") return addLink(sys, words);
  const { values, alone } = readWords(words, ["dev", "type"]);
  const face = faceOf(sys, values.get("dev") ?? alone[0]);
  if (face?.kind === undefined) return refused("Operation not supported");
  replaceFace(sys, face, undefined);
  return undefined;
}

const WILDCARD = (address: string) => `Warning: Executing wildcard deletion to stay compatible with old scripts.
         Explicitly specify the prefix length (${withBits(address)}) to avoid this warning.
         This special behaviour is likely to disappear in further releases,
         fix your scripts!`;

export function changeAddress(sys: Sys, verb: string, words: readonly string[], family: "" | "4" | "6"): Changed {
  const { values, alone } = readWords(words, ["dev", "local", "brd", "broadcast", "label"]);
  const face = faceOf(sys, values.get("dev"));
  if (face === undefined) return undefined;
  const word = values.get("local") ?? alone[0];
  if (verb === "flush") {
    const goes = (address: string) => family === "" || address.includes(":") === (family === "6");
    replaceFace(sys, face, { ...face, addresses: face.addresses.filter((address) => !goes(address)) });
    return undefined;
  }
  if (word === undefined) return undefined;
  if (alone.length > 1) return { option: `ip address ${verb} ${alone[1]}` };
  if (verb.startsWith("del")) {
    const own = ownAddress(face, word, verb);
    replaceFace(sys, face, { ...face, addresses: face.addresses.filter((address) => address !== own) });
    return word.includes("/") ? undefined : new Failure(WILDCARD(word), 0);
  }
  const text = withBits(word);
  const wanted = values.get("brd") ?? values.get("broadcast");
  const broadcast = wanted === "+" ? network(text).broadcast : wanted === "-" ? undefined : wanted;
  const label = values.get("label");
  const given = { ...(broadcast === undefined ? {} : { broadcast }), ...(label === undefined ? {} : { label }) };
  replaceFace(sys, face, {
    ...face,
    addresses: face.addresses.includes(text) ? face.addresses : [...face.addresses, text],
    given: { ...face.given, [text]: given },
  });
  return undefined;
}

const ROUTE_VALUES = ["to", "via", "dev", "src", "proto", "protocol", "scope", "metric", "preference", "table"];

export function changeRoute(sys: Sys, verb: string, words: readonly string[]): Changed {
  const { values, alone } = readWords(words, ROUTE_VALUES);
  const table = values.get("table") ?? "main";
  if (!["main", "254"].includes(table)) return { option: `ip route ${verb} table ${table}` };
  const type = REFUSING.has(alone[0]) || alone[0] === "unicast" ? alone.shift() : undefined;
  if (alone.length > 1) return { option: `ip route ${verb} ${alone.find((word, i) => i > 0 && word !== "")}` };
  const named = values.get("to") ?? alone[0];
  const to = named === undefined || /^(?:default|any|all|0\.0\.0\.0\/0)$/.test(named) ? "default" : withBits(named);
  const [gateway, wantedDevice] = [values.get("via"), values.get("dev")];
  const metric = values.has("metric") ? Number(values.get("metric")) : undefined;
  const routes = routesOf(sys);
  const fits = (route: RouteInfo) =>
    (named === undefined || route.to === to) &&
    (gateway === undefined || route.gateway === gateway) &&
    (wantedDevice === undefined || route.device === wantedDevice) &&
    (metric === undefined || route.metric === metric);
  if (verb === "flush") {
    storeRoutes(
      sys,
      routes.filter((route) => !fits(route)),
    );
    return undefined;
  }
  if (verb.startsWith("del")) {
    const gone = routes.find(fits);
    if (gone === undefined) return refused("No such process");
    storeRoutes(
      sys,
      routes.filter((route) => route !== gone),
    );
    return undefined;
  }
  const source = values.get("src");
  const ours = sys.interfaces().some((face) => face.addresses.some((address) => address.split("/")[0] === source));
  if (source !== undefined && !ours) return new Failure("Error: Invalid prefsrc address.", 2);
  const near = (route: RouteInfo) =>
    route.gateway === undefined && network(`${gateway}/${route.to.split("/")[1]}`).base === route.to.split("/")[0];
  const device = wantedDevice ?? (gateway === undefined ? "" : (routes.find(near)?.device ?? ""));
  if (device !== "" && faceOf(sys, device)?.up === false) return new Failure("Error: Device for nexthop is not up.", 2);
  const refusal = REFUSING.get(type);
  const made: RouteInfo = {
    to,
    gateway,
    device: refusal === undefined ? device : "",
    source,
    protocol: values.get("proto") ?? values.get("protocol"),
    scope: values.get("scope") ?? (gateway === undefined && refusal === undefined ? "link" : undefined),
    metric,
    ...(refusal === undefined ? {} : { type, refusal }),
  };
  const twin = routes.find((route) => route.to === to && route.metric === metric);
  const replaces = verb === "replace" || verb.startsWith("ch");
  storeRoutes(sys, [...routes.filter((route) => !replaces || route !== twin), made]);
  return undefined;
}
