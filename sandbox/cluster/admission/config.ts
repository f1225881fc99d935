// The file of --admission-control-config-file: PodSecurity's defaults and exemptions.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatJson } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import type { FlagValues } from "../flags/parse.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../object.ts";
import { NO_EXEMPTIONS, type PodSecurityConfig } from "./pod-security/plugin.ts";
import { LEVELS, policyOf } from "./pod-security/policy.ts";

function readYaml(sys: Sys, path: string): Fields | string {
  const data = sys.readFile(path);
  if (isErrno(data))
    return `unable to read admission control configuration from "${path}" [open ${path}: ${data.text.toLowerCase()}]`;
  try {
    return fieldsOf(JSON.parse(formatJson(yamlToJson(decode(data)).json)));
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
}

/** The configuration of PodSecurity, or why the server does not start. fidelity: other plugins' configuration is not read. */
export function readPodSecurity(sys: Sys, flags: FlagValues): PodSecurityConfig | string {
  const path = flags["admission-control-config-file"] ?? "";
  if (path === "") return NO_EXEMPTIONS;
  const fail = (why: string): string => `failed to initialize admission: failed to read plugin config: ${why}`;
  const document = readYaml(sys, path);
  if (typeof document === "string") return fail(document);
  const entry = listOf(document["plugins"]).find(({ name }) => name === "PodSecurity");
  if (entry === undefined) return NO_EXEMPTIONS;
  const own = textOf(entry["path"]);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const config =
    own === "" ? fieldsOf(entry["configuration"]) : readYaml(sys, own.startsWith("/") ? own : folder + own);
  if (typeof config === "string") return fail(config);
  const defaults = fieldsOf(config["defaults"]);
  for (const [key, value] of Object.entries(defaults))
    if (!key.endsWith("-version") && !(LEVELS as readonly string[]).includes(textOf(value)))
      return fail(`defaults.${key}: Invalid value: ${JSON.stringify(value)}: must be one of ${LEVELS.join(", ")}`);
  const labels = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, textOf(value)]),
  );
  const { policy } = policyOf(labels);
  const exempt = fieldsOf(config["exemptions"]);
  // As defaults the levels are what is written: none follows from another.
  const warn = defaults["warn"] === undefined ? NO_EXEMPTIONS.defaults.warn : policy.warn;
  return {
    defaults: { ...policy, warn },
    exempt: {
      usernames: listOf<string>(exempt["usernames"]),
      namespaces: listOf<string>(exempt["namespaces"]),
      runtimeClasses: listOf<string>(exempt["runtimeClasses"]),
    },
  };
}
