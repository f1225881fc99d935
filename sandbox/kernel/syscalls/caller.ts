// Which process calls, on which kernel, and how it names files: what all families of calls stand on.

import { addFile, fileOf, giveFd } from "../files.ts";
import type { Fs } from "../fs/fs.ts";
import type { Credentials } from "../fs/inode.ts";
import type { Kernel } from "../kernel.ts";
import type { OpenFile, Process } from "../process.ts";

export class Caller {
  readonly pid: number;
  protected readonly kernel: Kernel;

  constructor(kernel: Kernel, pid: number) {
    this.kernel = kernel;
    this.pid = pid;
  }

  protected get caller(): Process {
    const process = this.kernel.process(this.pid);
    if (process === undefined) throw new Error(`process ${this.pid} is gone`);
    return process;
  }

  protected get world() {
    return this.kernel.world;
  }

  protected get fs(): Fs {
    return this.kernel.fs;
  }

  /** Whose rights count where files are named. */
  protected get who(): Credentials {
    return this.kernel.credentials(this.caller);
  }

  /** What an open descriptor stands for. */
  protected file(fd: number): OpenFile | undefined {
    return fileOf(this.kernel, this.caller, fd);
  }

  /** A descriptor for a newly opened file. */
  protected give(file: OpenFile): number {
    return giveFd(this.caller, addFile(this.kernel, file));
  }

  protected walk(path: string, follow = true) {
    return this.fs.walk(path, this.caller.cwd, this.who, follow);
  }

  protected place(path: string, follow = false) {
    return this.fs.place(path, this.caller.cwd, this.who, follow);
  }

  protected interrupted(): boolean {
    const process = this.caller;
    return !process.service && process.pending.length > 0;
  }
}
