// The worker that validates YAML for Monaco; a file of its own so that it is built as a worker.
import "monaco-yaml/yaml.worker.js";
