// Decimal numbers of any length, as bc keeps them: an integer and the count of digits behind the point.

export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };
export const ONE: Decimal = { digits: 1n, scale: 0 };

const tens = (count: number): bigint => 10n ** BigInt(count);

/** The number with another count of digits behind the point; what is cut off is lost, not rounded. */
export function rescale({ digits, scale }: Decimal, to: number): Decimal {
  return { digits: to >= scale ? digits * tens(to - scale) : digits / tens(scale - to), scale: to };
}

export function add(a: Decimal, b: Decimal, sign = 1n): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: rescale(a, scale).digits + sign * rescale(b, scale).digits, scale };
}

/** The product has as many digits as its factors, but no more than the greatest of theirs and `scale`. */
export function multiply(a: Decimal, b: Decimal, scale: number): Decimal {
  const exact = { digits: a.digits * b.digits, scale: a.scale + b.scale };
  return rescale(exact, Math.min(exact.scale, Math.max(scale, a.scale, b.scale)));
}

/** Undefined where the divisor is zero. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  return { digits: rescale(a, scale + b.scale + a.scale).digits / (b.digits * tens(a.scale)), scale };
}

/** What is left of a after the division with `scale` digits. */
export function remainder(a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  const quotient = divide(a, b, scale);
  if (quotient === undefined) return undefined;
  const exact = { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale };
  return rescale(add(a, exact, -1n), Math.max(a.scale, scale + b.scale));
}

export function power(base: Decimal, exponent: bigint, scale: number): Decimal | undefined {
  const times = exponent < 0n ? -exponent : exponent;
  const exact = { digits: base.digits ** times, scale: base.scale * Number(times) };
  if (exponent < 0n) return divide(ONE, exact, scale);
  return rescale(exact, Math.min(exact.scale, Math.max(scale, base.scale)));
}

/** Undefined for a negative number. */
export function squareRoot(value: Decimal, scale: number): Decimal | undefined {
  if (value.digits < 0n) return undefined;
  const to = Math.max(scale, value.scale);
  const square = rescale(value, 2 * to).digits;
  if (square === 0n) return { digits: 0n, scale: value.digits === 0n ? 0 : to };
  // The first guess must not lie below the root.
  let root = BigInt(Math.ceil(Math.sqrt(Number(square > 10n ** 300n ? 10n ** 300n : square)) * (1 + 1e-12))) + 1n;
  if (square > 10n ** 300n) root = tens(Math.ceil(square.toString().length / 2) + 1);
  for (let next = (root + square / root) / 2n; next < root; next = (root + square / root) / 2n) root = next;
  return { digits: root, scale: to };
}

export function compare(a: Decimal, b: Decimal): number {
  const { digits } = add(a, b, -1n);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** The whole part. */
export const truncate = (value: Decimal): bigint => rescale(value, 0).digits;

/** Reads a number in a base up to 16: digits 0-9 and A-F. A digit beyond the base counts as its greatest, except where it stands alone. */
export function parse(text: string, base: number): Decimal {
  const [whole = "", part = ""] = text.split(".");
  const single = whole.length + part.length === 1;
  const value = (char: string): bigint => {
    const digit = "0123456789ABCDEF".indexOf(char);
    return BigInt(single ? digit : Math.min(digit, base - 1));
  };
  if (base === 10 && !/[A-F]/.test(text)) return { digits: BigInt(whole + part || "0"), scale: part.length };
  const big = BigInt(base);
  let digits = 0n;
  for (const char of whole + part) digits = digits * big + value(char);
  return part === ""
    ? { digits, scale: 0 }
    : { digits: (digits * tens(part.length)) / big ** BigInt(part.length), scale: part.length };
}

/** The number in a base; above 16 its digits are decimal numbers with blanks between. */
export function show(value: Decimal, base: number): string {
  const negative = value.digits < 0n;
  const size = negative ? -value.digits : value.digits;
  const sign = negative ? "-" : "";
  if (base === 10) {
    const text = size.toString().padStart(value.scale + 1, "0");
    if (value.scale === 0) return sign + text;
    const whole = text.slice(0, -value.scale);
    return `${sign}${whole === "0" ? "" : whole}.${text.slice(-value.scale)}`.replace(/^-?\.0*$/, "0");
  }
  const big = BigInt(base);
  const width = base > 16 ? String(base - 1).length : 1;
  const digit = (n: bigint): string =>
    base > 16 ? ` ${String(n).padStart(width, "0")}` : ("0123456789ABCDEF"[Number(n)] ?? "");
  const unit = tens(value.scale);
  let whole = "";
  for (let rest = size / unit; rest > 0n; rest /= big) whole = digit(rest % big) + whole;
  if (whole === "" && value.scale === 0) whole = digit(0n);
  let part = "";
  // As many places as are needed to tell the digits apart.
  for (let rest = size % unit, places = 1n; value.scale > 0 && places < unit; places *= big) {
    rest *= big;
    part += digit(rest / unit);
    rest %= unit;
  }
  return sign + whole + (part === "" ? "" : `.${part}`);
}
