// Work on the machine of a case: functions run as processes there, daemons with their output in files.

import type { Fleet } from "../../../sandbox/fleet.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Sys, Task } from "../../../sandbox/kernel/sys.ts";

export function run<T>(fleet: Fleet, task: (sys: Sys) => Task<T>, patience = 10_000): T {
  let result: { value: T } | undefined;
  fleet.runTask(
    "node01",
    function* (sys) {
      result = { value: yield* task(sys) };
      return 0;
    },
    { patience },
  );
  if (result === undefined) throw new Error("the task did not end");
  return result.value;
}

/** Starts a daemon with its output in a file; the pid, or its early end. */
export function* startDaemon(sys: Sys, path: string, argv: readonly string[], name: string, cwd = "/"): Task<number> {
  const out = sys.open(`/tmp/${name}.out`, { write: true, create: true, append: true });
  const err = sys.open(`/tmp/${name}.err`, { write: true, create: true, append: true });
  if (isErrno(out) || isErrno(err)) throw new Error("no log file");
  const pid = sys.spawn({
    path,
    argv,
    fds: { 1: out, 2: err },
    session: true,
    cwd,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  sys.close(out);
  sys.close(err);
  if (isErrno(pid)) throw new Error(`${path}: ${pid.text}`);
  return pid;
}

const PKI = "/etc/kubernetes/pki";
export const APISERVER = [
  "kube-apiserver",
  "--authorization-mode=Node,RBAC",
  `--client-ca-file=${PKI}/ca.crt`,
  "--etcd-servers=http://127.0.0.1:2379",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-key-file=${PKI}/sa.pub`,
  `--tls-cert-file=${PKI}/apiserver.crt`,
  `--tls-private-key-file=${PKI}/apiserver.key`,
];
