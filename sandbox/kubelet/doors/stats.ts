// /stats/summary: use of CPU, memory and disk by node and pods.

import type { Task } from "../../kernel/sys.ts";
import type { Call } from "../routes/route.ts";

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function* summary(call: Call): Task {
  const { sys, state, response, query } = call;
  const modern = state.profile.minor >= 30;
  const now = time(sys.now());
  const short = query("only_cpu_and_memory")[0] === "true";
  const root = sys.mounts().find((m) => m.target === "/");
  const disk = (used: number, inodes: number) => ({
    time: now,
    availableBytes: (root?.available ?? 0) * 1024,
    capacityBytes: (root?.size ?? 0) * 1024,
    usedBytes: used,
    inodesFree: (root?.inodes ?? 0) - (root?.inodesUsed ?? 0),
    inodes: root?.inodes ?? 0,
    inodesUsed: inodes,
  });
  const pressure = {
    full: { total: 0, avg10: 0, avg60: 0, avg300: 0 },
    some: { total: 0, avg10: 0, avg60: 0, avg300: 0 },
  };
  const psi = modern ? { psi: pressure } : {};
  const swap = modern ? { swap: { time: now, swapAvailableBytes: 0, swapUsageBytes: 0 } } : {};
  const link = { rxBytes: 0, rxErrors: 0, txBytes: 0, txErrors: 0 };
  const interfaces = sys
    .interfaces()
    .filter((i) => i.name !== "lo")
    .map((i) => ({ name: i.name, ...link }));
  const memory = {
    time: now,
    availableBytes: sys.machine.memory * 700,
    usageBytes: sys.machine.memory * 324,
    workingSetBytes: sys.machine.memory * 324,
    rssBytes: 0,
    pageFaults: 0,
    majorPageFaults: 0,
    ...psi,
  };
  const node = {
    nodeName: state.nodeName,
    startTime: time(sys.bootTime()),
    cpu: {
      time: now,
      usageNanoCores: 51_000_000,
      usageCoreNanoSeconds: Math.round((sys.now() - sys.bootTime()) * 250_000),
      ...psi,
    },
    memory,
    ...(short
      ? {}
      : {
          ...(modern ? { io: { time: now, psi: pressure } } : {}),
          network: { time: now, ...(interfaces[0] ?? { name: "eth0", ...link }), interfaces },
          fs: disk((root?.used ?? 0) * 1024, root?.inodesUsed ?? 0),
          runtime: { imageFs: disk(10_485_760, 100), ...(modern ? { containerFs: disk(10_485_760, 100) } : {}) },
          rlimit: { time: now, maxpid: 32768, curproc: sys.processes().length },
          ...swap,
        }),
  };
  const pods = state.pods
    .filter((p) => p.startedAt !== undefined)
    .map((pod) => ({
      podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
      startTime: time(pod.startedAt ?? 0),
      containers: Object.entries(pod.containers).map(([name, c]) => ({
        name,
        startTime: time(c.startedAt),
        cpu: { time: now, usageNanoCores: modern ? 1000 : 0, usageCoreNanoSeconds: 12_345_678 },
        memory: { time: now, ...(modern ? { usageBytes: 5_242_880 } : {}), workingSetBytes: 4_194_304 },
        ...(modern ? { io: { time: now } } : {}),
        ...(short ? {} : { rootfs: disk(8192, 3), logs: disk(4096, 1), ...swap }),
      })),
      cpu: { time: now, usageNanoCores: modern ? 1000 : 0, usageCoreNanoSeconds: 12_345_678 },
      memory: {
        time: now,
        availableBytes: 0,
        usageBytes: modern ? 5_242_880 : 0,
        workingSetBytes: 4_194_304,
        rssBytes: 0,
        pageFaults: 0,
        majorPageFaults: 0,
      },
      ...(modern ? { io: { time: now } } : {}),
      ...(modern && !short ? { "ephemeral-storage": disk(16_384, 5), ...swap } : {}),
    }));
  response.set("Content-Type", "application/json");
  yield* response.write(JSON.stringify({ node, pods }, null, 1));
}

export const statsDoors = { summary };
