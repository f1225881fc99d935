// How kubectl words what went wrong: cmdutil.CheckErr with client-go's errors.

import { DialError, StatusError } from "./client.ts";
import { BareFail, Fail } from "./values.ts";

/** Several errors of one command, told one after another. */
export class Several extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => (error as Error).message).join("\n"));
    this.errors = errors;
  }
}

/** Ends the command where anything went wrong on the way. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Several(errors);
}

/** A StatusError with words before its message: `error when creating "x.yaml": …`. */
export function prefixed(error: unknown, prefix: string, suffix = ""): unknown {
  if (error instanceof StatusError)
    return new StatusError({ ...error.status, message: `${prefix}${error.message}${suffix}` });
  return new Fail(`${prefix}${(error as Error).message}${suffix}`);
}

/** client-go's standard message, or undefined where the error is of another kind. */
export function standardMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === "Unauthorized") return `error: You must be logged in to the server (${error.message})`;
    return error.reason === ""
      ? `Error from server: ${error.message}`
      : `Error from server (${error.reason}): ${error.message}`;
  }
  if (!(error instanceof DialError)) return undefined;
  if (error.inner.includes("connection refused"))
    return `The connection to the server ${error.url.replace(/^https?:\/\//, "").replace(/\/.*$/, "")} was refused - did you specify the right host or port?`;
  return `Unable to connect to the server: ${error.inner}`;
}

function invalidMessage(error: StatusError): string {
  const details = error.status.details;
  if (details === undefined) return `The request is invalid: ${error.message}`;
  const head =
    details.kind || details.name
      ? `The ${details.kind ?? ""} "${details.name ?? ""}" is invalid`
      : "The request is invalid";
  const causes: string[] = (details.causes ?? []).map((cause: { field?: string; message?: string }) =>
    cause.field ? `${cause.field}: ${cause.message}` : (cause.message ?? ""),
  );
  if (causes.length === 0) return details.kind || details.name ? head : `${head}: ${error.message}`;
  const unique = [...new Set(causes)];
  return unique.length === 1 ? `${head}: ${unique[0]}` : `${head}: \n${unique.map((cause) => `* ${cause}`).join("\n")}`;
}

/** The message that ends a command. */
export function errorText(error: unknown): string {
  if (error instanceof Several) {
    const texts = error.errors.map((one) => standardMessage(one) ?? (one as Error).message);
    if (error.errors.length === 1) return errorText(error.errors[0]);
    return texts.join("\n");
  }
  if (error instanceof BareFail) return error.message;
  if (error instanceof StatusError && error.reason === "Invalid") return invalidMessage(error);
  const standard = standardMessage(error);
  if (standard !== undefined) return standard;
  const text = (error as Error).message;
  return text.startsWith("error: ") ? text : `error: ${text}`;
}
