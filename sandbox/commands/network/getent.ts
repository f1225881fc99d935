// getent: data bases of names. Of hosts it knows those in /etc/hosts.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { serviceName, servicePort } from "../../lib/services.ts";
import { findGroup, findUser, groupsOf, readGroups, readUsers } from "../../lib/users.ts";
import { defineCommand } from "../define.ts";

const HELP = "Try `getent --help' or `getent --usage' for more information.\n";

const DATABASES = [
  "ahosts",
  "ahostsv4",
  "ahostsv6",
  "aliases",
  "ethers",
  "group",
  "gshadow",
  "hosts",
  "initgroups",
  "netgroup",
  "networks",
  "passwd",
  "protocols",
  "rpc",
  "services",
  "shadow",
];

function hostRows(sys: Sys): string[][] {
  const bytes = sys.readFile("/etc/hosts");
  if (isErrno(bytes)) return [];
  return decode(bytes)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter((row) => row.length > 1);
}

export const getent = defineCommand({
  name: "getent",
  package: "other",
  summary: "Get entries from Name Service Switch libraries.",
  usage: ["[OPTION...] database [key ...]"],
  options:
    "i,no-idn  disable IDN encoding\ns,service=CONFIG  service configuration to be used\nA,no-addrconf  do not filter out unsupported IPv4/IPv6 addresses",
  *run(io, sys) {
    const [database, ...keys] = io.operands;
    if (database === undefined) {
      io.printError(
        "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n",
      );
      return 1;
    }
    if (!DATABASES.includes(database)) {
      io.printError(`Unknown database: ${database}\n`);
      io.print(HELP);
      return 1;
    }
    const lines = (key: string | undefined): (string | undefined)[] => {
      const number = key !== undefined && /^\d+$/.test(key) ? Number(key) : undefined;
      if (database === "passwd") {
        const found = key === undefined ? readUsers(sys) : [findUser(sys, number ?? key)];
        return found.map(
          (one) => one && [one.name, one.password, one.uid, one.gid, one.gecos, one.home, one.shell].join(":"),
        );
      }
      if (database === "group") {
        const found = key === undefined ? readGroups(sys) : [findGroup(sys, number ?? key)];
        return found.map((one) => one && [one.name, one.password, one.gid, one.members.join(",")].join(":"));
      }
      if (database === "shadow" || database === "gshadow") {
        const bytes = sys.readFile(`/etc/${database}`);
        const all = isErrno(bytes)
          ? []
          : decode(bytes)
              .split("\n")
              .filter((line) => line !== "");
        return key === undefined ? all : [all.find((line) => line.startsWith(`${key}:`))];
      }
      if (database === "initgroups" && key !== undefined) {
        const user = findUser(sys, key);
        return [`${key.padEnd(21)} ${user === undefined ? "" : groupsOf(sys, user).join(" ")}`];
      }
      if (database === "hosts") {
        const row = (address: string, names: readonly string[]) => `${address.padEnd(15)} ${names.join(" ")}`;
        if (key === undefined) return hostRows(sys).map(([address = "", ...names]) => row(address, names));
        const byAddress = hostRows(sys).find(([address]) => address === key);
        if (byAddress !== undefined) return [row(key, byAddress.slice(1))];
        const found = lookUpHost(sys, key);
        const addresses = found === undefined ? [] : found.v6.length > 0 ? found.v6 : found.v4;
        return addresses.length === 0
          ? [undefined]
          : addresses.map((address) =>
              row(address, [
                hostRows(sys)
                  .find(([one]) => one === address)
                  ?.slice(1)
                  .join(" ") ?? key,
              ]),
            );
      }
      if (database.startsWith("ahosts") && key !== undefined) {
        const found = lookUpHost(sys, key);
        const addresses = [
          ...(database === "ahostsv4" ? [] : (found?.v6 ?? [])),
          ...(database === "ahostsv6" ? [] : (found?.v4 ?? [])),
        ];
        if (addresses.length === 0) return [undefined];
        return addresses.flatMap((address, i) =>
          ["STREAM", "DGRAM", "RAW"].map((type, j) =>
            `${address.padEnd(15)} ${type}${i === 0 && j === 0 ? ` ${key}` : j === 0 ? "" : ""}`.padEnd(22),
          ),
        );
      }
      if (database === "services" && key !== undefined) {
        const port = servicePort(key.split("/")[0] ?? "");
        const name = port === undefined ? undefined : serviceName(port);
        return [name === undefined ? undefined : `${name.padEnd(21)} ${port}/${key.split("/")[1] ?? "tcp"}`];
      }
      return key === undefined ? [] : [undefined];
    };
    let missing = false;
    for (const key of keys.length > 0 ? keys : [undefined]) {
      for (const line of lines(key)) {
        if (line === undefined) missing = true;
        else io.print(`${line}\n`);
      }
    }
    return missing ? 2 : 0;
  },
});
