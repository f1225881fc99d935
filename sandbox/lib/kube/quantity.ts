// Quantities (k8s.io/apimachinery/pkg/api/resource): parsed, compared, added, and in their canonical spelling.

const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

type Format = "binary" | "decimal" | "exponent";

export interface Quantity {
  /** In billionths. */
  readonly nano: bigint;
  readonly format: Format;
  readonly text: string;
}

const quantity = (nano: bigint, format: Format): Quantity => ({ nano, format, text: formatQuantity(nano, format) });

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
  return quantity(sign === "-" ? -nano : nano, binary ? "binary" : exponent === null ? "decimal" : "exponent");
}

/** The quantity of a field that was accepted: none is zero. */
export const quantityOf = (given: string | number | undefined): Quantity =>
  parseQuantity(String(given ?? 0)) ?? quantity(0n, "decimal");

/** Their sum, spelled as the first that is not zero. */
export function addQuantities(list: readonly Quantity[]): Quantity {
  const first = list.find(({ nano }) => nano !== 0n);
  return quantity(
    list.reduce((sum, { nano }) => sum + nano, 0n),
    first?.format ?? "decimal",
  );
}

/** The canonical spelling: the largest suffix that leaves a whole number. */
function formatQuantity(nano: bigint, format: Format): string {
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
