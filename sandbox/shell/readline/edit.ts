import type { Task } from "../../kernel/sys.ts";
import type { Shell } from "../state.ts";
export interface Editor { sh: Shell }
export function createEditor(sh: Shell): Editor { return { sh }; }
export function* editLine(editor: Editor, prompt: string): Task<string | undefined> { yield* editor.sh.sys.write(2, prompt); return undefined; }
