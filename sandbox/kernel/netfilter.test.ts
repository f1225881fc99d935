// What a refusal by rule looks like to the caller.

import { expect, test } from "vitest";
import { type FilterTable, filterPacket } from "./netfilter.ts";

const packet = { protocol: "tcp", source: "172.30.9.9", destination: "172.30.2.2", port: 10250 } as const;
const reject = (rejectWith?: string): FilterTable => ({
  INPUT: { policy: "ACCEPT", rules: [{ target: "REJECT", ...(rejectWith === undefined ? {} : { rejectWith }) }] },
});

test("a rule that rejects says what the port says, or that there is no way", () => {
  const seen = [undefined, "tcp-reset", "icmp-port-unreachable", "icmp-host-prohibited", "icmp-admin-prohibited"].map(
    (reason) => filterPacket(reject(reason), "INPUT", packet),
  );
  expect(seen).toEqual(["REJECT", "REJECT", "REJECT", "UNREACHABLE", "UNREACHABLE"]);
});
