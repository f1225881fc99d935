// Monaco put together: the features in use, the languages of a node's files, the KubeletConfiguration schema, and two shims that
// Monaco 0.57 with monaco-yaml 5.5 needs. Loaded when a file is first opened.

import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/diffEditor/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/folding/register.js";
import "monaco-editor/features/gotoError/register.js";
import "monaco-editor/features/gotoLine/register.js";
import "monaco-editor/features/hover/register.js";
import "monaco-editor/features/indentation/register.js";
import "monaco-editor/features/linesOperations/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/quickCommand/register.js";
import "monaco-editor/features/readOnlyMessage/register.js";
import "monaco-editor/features/snippet/register.js";
import "monaco-editor/features/suggest/register.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/wordOperations/register.js";
// The suggest feature of 0.57 does not register its own controller.
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";
import "monaco-editor/languages/definitions/ini/register.js";
import "monaco-editor/languages/definitions/shell/register.js";
import "monaco-editor/languages/definitions/yaml/register.js";
import * as monaco from "monaco-editor/editor.js";
import { configureMonacoYaml } from "monaco-yaml";
import schema from "./kubelet-config.schema.json";

type WorkerOptions = { label: string; createData?: unknown; host?: unknown; keepIdleModels?: boolean };

function startWorker(label: string): Worker {
  return label === "yaml"
    ? new Worker(new URL("./yaml.worker.ts", import.meta.url), { type: "module" })
    : new Worker(new URL("./editor.worker.ts", import.meta.url), { type: "module" });
}

self.MonacoEnvironment = { getWorker: (_, label) => startWorker(label) };

/** monaco-yaml asks for a worker by name; this Monaco wants the worker itself, told to start by two messages. */
function withNamedWorkers(): typeof monaco {
  const createWebWorker = (options: WorkerOptions): unknown => {
    const worker = startWorker(options.label);
    worker.postMessage("ignore");
    worker.postMessage(options.createData);
    return monaco.editor.createWebWorker({
      worker: Promise.resolve(worker),
      host: options.host,
      keepIdleModels: options.keepIdleModels,
    } as never);
  };
  return { ...monaco, editor: { ...monaco.editor, createWebWorker } } as never;
}

configureMonacoYaml(withNamedWorkers(), {
  enableSchemaRequest: false,
  hover: true,
  completion: true,
  validate: true,
  format: { enable: false },
  schemas: [
    {
      uri: "https://kubelet.config.k8s.io/v1beta1.json",
      // Every machine has its kubelet's file here; drop-ins of --config-dir end in .conf and are read the same way.
      fileMatch: ["**/var/lib/kubelet/config.yaml", "**/kubelet.conf.d/*.conf", "**/kubelet*.yaml"],
      schema: schema as never,
    },
  ],
});

export { monaco };
