// What an editor surface can do. Two stand behind it: a plain text area and Monaco.

export interface OpenFile {
  /** `machine:path`, unique. */
  readonly key: string;
  readonly machine: string;
  readonly path: string;
}

export interface Surface {
  /** Shows a file with this text; keeps caret and undo history of a file it has shown before. */
  show(file: OpenFile, text: string): void;
  text(): string;
  /** Replaces the text because the disk changed. */
  replace(file: OpenFile, text: string): void;
  /** Beside another version of the file; `undefined` ends that. */
  compare(original: string | undefined, label: string): void;
  forget(key: string): void;
  focus(): void;
  dispose(): void;
}

export interface SurfaceEvents {
  onChange(): void;
  onSave(): void;
}

export type Language = "yaml" | "ini" | "shell" | "plaintext";

/** The language of a file by its path, as far as highlighting goes. */
export function languageOf(path: string): Language {
  if (/\.ya?ml$/.test(path) || /^\/etc\/kubernetes\/[^/]+\.conf$/.test(path) || /\/\.kube\/config$/.test(path))
    return "yaml";
  if (
    /\.(service|socket|timer|target|path|mount|slice)$/.test(path) ||
    /\.d\/[^/]+\.conf$/.test(path) ||
    /^\/etc\/systemd\//.test(path) ||
    /\.toml$/.test(path)
  )
    return "ini";
  if (/\.sh$|\.env$|\/\.(bashrc|profile|bash_\w+)$|^\/etc\/default\//.test(path)) return "shell";
  return "plaintext";
}
