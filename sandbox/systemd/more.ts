// The part of PID 1 that few machines ever need, as an entry of the exec table: loaded when first asked for.

import type { Program } from "../kernel/sys.ts";
import type { More } from "./manager/control.ts";
import { more } from "./manager/rare.ts";

export interface MoreProgram extends Program {
  readonly more: More;
}

export const systemdMore: MoreProgram = { name: "systemd-more", more };
