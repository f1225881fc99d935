// Monaco's own worker: differences and word search off the page's thread.
import "monaco-editor/editor/editor.worker.js";
