// Orders that real programs in Go left equal elements in.

import { expect, test } from "vitest";
import { sortLikeGo } from "./go-sort.ts";

test("pods by node end where kubectl 1.36 puts them", () => {
  const nodes: Record<string, string> = {
    cache: "n",
    db: "n",
    "frontend-8": "n",
    "frontend-k": "n",
    badimage: "n",
    crash: "n",
    multi: "n",
    "too-big": "",
    web: "n",
    "coredns-j": "c",
    "coredns-l": "c",
    etcd: "c",
    apiserver: "c",
    manager: "c",
    "proxy-6": "n",
    "proxy-d": "c",
    scheduler: "c",
    agent: "n",
    exporter: "n",
  };
  const pods = Object.keys(nodes);
  sortLikeGo(pods, (a, b) => (nodes[a] as string) < (nodes[b] as string));
  expect(pods.join(" ")).toBe(
    "too-big coredns-j scheduler proxy-d manager apiserver etcd coredns-l badimage web multi crash cache frontend-k proxy-6 frontend-8 db agent exporter",
  );
});

test("few stay as they were, many come into order", () => {
  const few = ["b1", "a1", "b2", "a2"];
  sortLikeGo(few, (a, b) => a.charAt(0) < b.charAt(0));
  expect(few).toEqual(["a1", "a2", "b1", "b2"]);
  const many = Array.from({ length: 500 }, (_, i) => (i * 7919) % 503);
  sortLikeGo(many, (a, b) => a < b);
  expect(many).toEqual([...many].sort((a, b) => a - b));
});
