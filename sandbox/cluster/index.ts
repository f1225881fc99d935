// The control plane's programs.

export { etcd } from "./etcd.ts";
export { kubeApiserver } from "./server.ts";
