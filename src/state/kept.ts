// What this device keeps: one IndexedDB store of named records. Failures come back as words, never as exceptions.

import { createStore, del, delMany, get, keys, set, type UseStore } from "idb-keyval";

/** Why something could not be kept or read. */
export type KeptFault = "unavailable" | "full" | "failed";

let opened: UseStore | undefined;
const store = (): UseStore => {
  opened ??= createStore("kubelet-captain", "kept");
  return opened;
};

function nameFault(error: unknown): KeptFault {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return "full";
  return name === "InvalidStateError" || name === "SecurityError" || typeof indexedDB === "undefined"
    ? "unavailable"
    : "failed";
}

export type Kept<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: KeptFault };

async function attempt<T>(work: () => Promise<T>): Promise<Kept<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, fault: nameFault(error) };
  }
}

/** Reads a record; `undefined` when there is none. What comes back must be validated by its owner. */
export function readKept(key: string): Promise<Kept<unknown>> {
  return attempt(() => get<unknown>(key, store()));
}

export function writeKept(key: string, value: unknown): Promise<Kept<void>> {
  return attempt(() => set(key, value, store()));
}

export function removeKept(key: string): Promise<Kept<void>> {
  return attempt(() => del(key, store()));
}

/** Removes the records of this device but for those to spare, by name. */
export function clearKept(spare: (key: string) => boolean): Promise<Kept<void>> {
  return attempt(async () => {
    const all = await keys(store());
    await delMany(
      all.filter((key) => !spare(String(key))),
      store(),
    );
  });
}
