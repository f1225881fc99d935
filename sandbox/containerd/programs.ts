// What runs inside containers: pause, the stand-in for servers, and busybox's id.

import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";

/** Holds a pod's namespaces and waits. */
export const pause: Program = {
  name: "pause",
  service: {
    *start(sys) {
      sys.setMemory(1_024, 560);
      return undefined;
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

/** A server that says that it started, and then serves nobody. fidelity: it opens no port. */
export const containerApp: Program = {
  name: "container-app",
  service: {
    *start(sys, argv) {
      const name = sys.env.CONTAINER_NAME ?? (argv[0] ?? "app").replace(/^.*\//, "");
      sys.setMemory(12_000, 5_400);
      yield* sys.write(
        1,
        `${name}: starting
${name}: ready
${name}: listening on :8080
`,
      );
      return undefined;
    },
    signals: ["SIGTERM", "SIGQUIT", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

const klogTime = (now: number): string => {
  const at = new Date(now).toISOString();
  return `${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)}000`;
};

/** kube-proxy: opens its two ports and says what it would do. fidelity: it writes no packet filter rules. */
export const kubeProxy: Program = {
  name: "kube-proxy",
  service: {
    *start(sys) {
      sys.setMemory(1_290_000, 48_000, 8);
      const lines = [
        ["server_linux.go:63", '"Using iptables proxy"'],
        ["shared_informer.go:349", '"Waiting for caches to sync" controller="node informer cache"'],
        ["shared_informer.go:356", '"Caches are synced" controller="node informer cache"'],
        ["server.go:242", '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"'],
        ["server.go:529", '"Version info" version="v1.36.2"'],
        ["config.go:200", '"Starting service config controller"'],
        ["config.go:106", '"Starting endpoint slice config controller"'],
      ];
      for (const [place, text] of lines)
        yield* sys.write(2, `I${klogTime(sys.now())} ${String(sys.pid).padStart(7)} ${place}] ${text}\n`);
      sys.listen({ family: "tcp", address: "127.0.0.1", port: 10_249 });
      sys.listen({ family: "tcp", address: "::", port: 10_256 });
      return undefined;
    },
    *connection(sys, fd) {
      yield* sys.read(fd);
      const body = '{"lastUpdated": "","currentTime": "", "nodeEligible": true}';
      yield* sys.write(fd, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      sys.close(fd);
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

/** CoreDNS in a pod's own network. fidelity: nobody's names are looked up there. */
export const coredns: Program = {
  name: "coredns",
  service: {
    *start(sys) {
      sys.setMemory(762_000, 46_000, 9);
      yield* sys.write(
        1,
        ".:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.14.2\nlinux/amd64, go1.25.5, 1db4568\n",
      );
      return undefined;
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.write(1, "[INFO] SIGTERM: Shutting down servers then terminating\n");
      yield* sys.exit(0);
    },
  },
};

/** busybox as far as containers here need it: `id`. */
export const busybox: Program = {
  name: "busybox",
  *main(sys, argv) {
    const name = (argv[0] ?? "").replace(/^.*\//, "");
    if (name !== "id") {
      yield* sys.write(2, `busybox: ${name} is not modelled in this sandbox\n`);
      return 2;
    }
    const { euid, egid } = sys.info;
    const named = (id: number): string => (id === 0 ? "0(root)" : String(id));
    const done = yield* sys.write(1, argv[1] === "-u" ? `${euid}\n` : `uid=${named(euid)} gid=${named(egid)}\n`);
    return isErrno(done) ? 1 : 0;
  },
};
