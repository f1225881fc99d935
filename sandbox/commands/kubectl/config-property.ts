// kubectl config set and unset: one value of a kubeconfig file by its path.

import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import { fileFor, save, view } from "./config-command.ts";
import type { Kube } from "./kube.ts";
import { INNER, type Section } from "./kubeconfig.ts";
import { clone, Fail } from "./values.ts";

/** `config set users.dev.token x`, `config unset current-context`. */
export function* setProperty(kube: Kube): Task<number> {
  const [path = "", value = ""] = kube.args;
  if (kube.args.length !== 2) throw yield* kube.unexpected();
  change(kube, path, flagsBytes(kube) ? toBase64(encode(value)) : value);
  yield* kube.out(`Property "${path}" set.\n`);
  return 0;
}

const flagsBytes = (kube: Kube): boolean => kube.flags.on("set-raw-bytes");

export function* unsetProperty(kube: Kube): Task<number> {
  const [path = ""] = kube.args;
  if (kube.args.length !== 1) throw yield* kube.unexpected();
  change(kube, path, undefined);
  yield* kube.out(`Property "${path}" unset.\n`);
  return 0;
}

function change(kube: Kube, path: string, value: string | undefined): void {
  const [head = "", ...rest] = path.split(".");
  const config = view(kube);
  if (head === "current-context")
    return save(kube, fileFor(kube, config.loaded[0]), (file) => {
      file.current = value ?? "";
    });
  if (!(head in INNER)) throw new Fail(`unable to parse ${path} after [] at api.Config`);
  const section = head as Section;
  if (rest.length === 0) {
    if (value !== undefined) throw new Fail(`can't set a map to a value: ${path}`);
    for (const name of config[section].keys())
      save(kube, fileFor(kube, config.origin.get(`${section}/${name}`)), (file) => file[section].delete(name));
    return;
  }
  const field = rest.length > 1 ? (rest.at(-1) as string) : undefined;
  const name = field === undefined ? rest.join(".") : rest.slice(0, -1).join(".");
  save(kube, fileFor(kube, config.origin.get(`${section}/${name}`)), (file) => {
    const known = file[section].get(name) ?? config[section].get(name);
    if (field === undefined) {
      file[section].delete(rest.join("."));
      return;
    }
    if (known === undefined && value === undefined) throw new Fail(`current map key \`${name}\` is invalid`);
    const entry = clone(known ?? {});
    if (value === undefined) delete entry[field];
    else entry[field] = value === "true" && field === "insecure-skip-tls-verify" ? true : value;
    file[section].set(name, entry);
  });
}
