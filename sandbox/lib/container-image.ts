// Container images by name: references in full, and what a registry would say of one. Ids and digests derive from the name.

import { encode } from "../kernel/text.ts";
import type { RuntimeImage } from "./cri.ts";
import { hash } from "./crypto/hash.ts";

/** Sizes of images as `crictl images` tells them, by the end of the repository's name. */
const SIZES: Readonly<Record<string, number>> = {
  "kube-apiserver": 27_060_000,
  "kube-controller-manager": 22_830_000,
  "kube-scheduler": 17_390_000,
  "kube-proxy": 25_960_000,
  coredns: 23_550_000,
  etcd: 23_640_000,
  pause: 320_448,
  nginx: 59_774_000,
  busybox: 2_223_000,
  redis: 45_200_000,
  alpine: 3_802_000,
};

/** A reference in full: docker.io/library/nginx:latest. */
export function normalizeImage(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const path = named ? reference : `docker.io/${rest.length === 0 ? `library/${reference}` : reference}`;
  return /[:@]/.test(path.slice(path.lastIndexOf("/") + 1)) ? path : `${path}:latest`;
}

const hex = (text: string): string =>
  Array.from(hash("sha256", encode(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The image behind a reference in full. fidelity: digests are of the name, not of any content. */
export function describeImage(full: string): RuntimeImage {
  const repository = full.replace(/[:@][^/]*$/, "");
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const digest = /@(sha256:.*)$/.exec(full)?.[1] ?? `sha256:${hex(`${full} manifest`)}`;
  return Object.freeze({
    id: `sha256:${hex(`${full} config`)}`,
    repoTags: full.includes("@") ? [] : [full],
    repoDigests: [`${repository}@${digest}`],
    size: SIZES[name] ?? 20_000_000 + (Number.parseInt(hex(repository).slice(0, 6), 16) % 90_000_000),
  });
}
