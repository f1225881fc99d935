// Quantities (k8s.io/apimachinery/pkg/api/resource): parsed, compared, and in their canonical spelling.

const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

export interface Quantity {
  /** In billionths. */
  readonly nano: bigint;
  readonly text: string;
}

/** A quantity, or undefined where the text is none. */
export function parseQuantity(given: string): Quantity | undefined {
  const found = FORM.exec(given);
  if (found === null) return undefined;
  const [, sign = "", digits = "", suffix = ""] = found;
  const [whole = "", fraction = ""] = digits.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const mantissa = BigInt(whole + fraction || "0");
  let nano: bigint;
  const binary = suffix.endsWith("i");
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix);
  if (binary) nano = (mantissa * 1_000_000_000n * 1024n ** BigInt(BINARY.indexOf(suffix))) / scale;
  else {
    const power = exponent === null ? (DECIMAL.indexOf(suffix) - 3) * 3 : Number(exponent[1]);
    if (Math.abs(power) > 40) return undefined;
    const shift = BigInt(power + 9);
    nano = shift >= 0n ? (mantissa * 10n ** shift) / scale : mantissa / (scale * 10n ** -shift);
  }
  const value = sign === "-" ? -nano : nano;
  return { nano: value, text: formatQuantity(value, binary ? "binary" : exponent === null ? "decimal" : "exponent") };
}

/** The canonical spelling: the largest suffix that leaves a whole number. */
function formatQuantity(nano: bigint, format: "binary" | "decimal" | "exponent"): string {
  if (nano === 0n) return "0";
  const unit = 1_000_000_000n;
  if (format === "binary" && nano % unit === 0n && (nano >= 1024n * unit || nano <= -1024n * unit)) {
    let value = nano / unit;
    let step = 0;
    while (value % 1024n === 0n && step < 6) {
      value /= 1024n;
      step++;
    }
    return `${value}${BINARY[step]}`;
  }
  let value = nano;
  let step = 0;
  while (value % 1000n === 0n && step < 9) {
    value /= 1000n;
    step++;
  }
  const suffix = format === "exponent" && step !== 3 ? `e${(step - 3) * 3}` : DECIMAL[step];
  return `${value}${suffix}`;
}
