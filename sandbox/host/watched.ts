// Files that are open in the page: what changes them on the machine is told.

import type { Fleet } from "../fleet.ts";
import type { FromMachine } from "../protocol.ts";
import { readText, versionOf } from "./look.ts";

interface Watched {
  readonly machine: string;
  readonly path: string;
  version: number;
}

export class WatchedFiles {
  #files: Watched[] = [];

  watch(fleet: Fleet, files: readonly Omit<Watched, "version">[]): void {
    this.#files = files.map(({ machine, path }) => ({ machine, path, version: versionOf(fleet, machine, path) }));
  }

  /** The page itself wrote one: it knows. */
  acknowledge(fleet: Fleet, machine: string, path: string): void {
    const file = this.#files.find((each) => each.machine === machine && each.path === path);
    if (file) file.version = versionOf(fleet, machine, path);
  }

  /** The disks are others now: all are told anew. */
  doubt(): void {
    for (const file of this.#files) file.version = -1;
  }

  tellChanges(fleet: Fleet, post: (message: FromMachine) => void): void {
    for (const file of this.#files) {
      const { machine, path } = file;
      const version = versionOf(fleet, machine, path);
      if (version === file.version) continue;
      file.version = version;
      const { content, error } = readText(fleet, machine, path);
      post({ type: "file-changed", machine, path, content: error === undefined ? content : undefined });
    }
  }
}
