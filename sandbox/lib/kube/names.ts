// Forms that names, labels and keys have, with what apimachinery's util/validation says where a text does not fit.

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

/** One of the formats that names have: a pattern, a length, and what is said of a text that does not fit. */
interface Format {
  readonly pattern: RegExp;
  readonly max: number;
  readonly text: string;
}

const FORMATS: Readonly<
  Record<"subdomain" | "label" | "label1035" | "qualified" | "value" | "path" | "env" | "key" | "port" | "c", Format>
> = {
  subdomain: {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`), // fixed pattern
    max: 253,
    text: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${LABEL}(\\.${LABEL})*')`,
  },
  label: {
    pattern: new RegExp(`^${LABEL}$`), // fixed pattern
    max: 63,
    text: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
  },
  label1035: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    max: 63,
    text: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
  qualified: {
    pattern: /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/,
    max: 63,
    text: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  },
  value: {
    pattern: /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
    max: 63,
    text: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  },
  path: { pattern: /^(?!\.{1,2}$)[^/%]+$/, max: Number.POSITIVE_INFINITY, text: "" },
  env: {
    pattern: /^[ -<>-~]+$/,
    max: Number.POSITIVE_INFINITY,
    text: "a valid environment variable name must consist only of printable ASCII characters other than '='",
  },
  key: {
    pattern: /^(?!\.\.?$)(?!\.\.[^.])[-._a-zA-Z0-9]+$/,
    max: 253,
    text: "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  },
  port: {
    pattern: /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    max: 15,
    text: "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
  },
  c: {
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    max: Number.POSITIVE_INFINITY,
    text: "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')",
  },
};

export type FormatName = keyof typeof FORMATS;

/** What is wrong with a text of a format; none where it fits. */
export function checkFormat(format: FormatName, text: string): string[] {
  const { pattern, max, text: said } = FORMATS[format];
  const wrong: string[] = [];
  if (text.length > max) wrong.push(`must be no more than ${max} bytes`);
  if (format === "path") {
    if (text === "." || text === "..") wrong.push(`may not be '${text}'`);
    for (const sign of ["/", "%"]) if (text.includes(sign)) wrong.push(`may not contain '${sign}'`);
    return wrong;
  }
  if (!pattern.test(text)) wrong.push(said);
  return wrong;
}

/** A qualified name: an optional DNS prefix and a name. */
export function checkQualified(text: string): string[] {
  const parts = text.split("/");
  const name = parts.length === 1 ? (parts[0] as string) : (parts[1] as string);
  if (parts.length > 2)
    return [
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const wrong: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === "") wrong.push("prefix part must be non-empty");
    else wrong.push(...checkFormat("subdomain", prefix).map((each) => `prefix part ${each}`));
  }
  if (name === "") wrong.push("name part must be non-empty");
  else if (name.length > 63) wrong.push("name part must be no more than 63 bytes");
  if (name === "" || !FORMATS.qualified.pattern.test(name)) wrong.push(FORMATS.qualified.text);
  return wrong;
}
