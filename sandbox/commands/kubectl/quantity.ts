// Resource quantities: reading, adding, and Go's canonical text.

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
const DECIMAL: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};

export interface Quantity {
  readonly value: number;
  readonly binary: boolean;
}

export function parseQuantity(text: string | number | undefined): Quantity {
  const match = /^([-+]?[\d.]+(?:[eE][-+]?\d+)?)([A-Za-z]*)$/.exec(String(text ?? "0"));
  if (match === null) return { value: 0, binary: false };
  const suffix = match[2] as string;
  const power = BINARY.indexOf(suffix);
  if (power > 0) return { value: Number(match[1]) * 1024 ** power, binary: true };
  return { value: Number(match[1]) * (DECIMAL[suffix] ?? 1), binary: false };
}

export function addQuantities(list: readonly (string | number | undefined)[]): Quantity {
  return list
    .map(parseQuantity)
    .reduce((sum, one) => ({ value: sum.value + one.value, binary: sum.value === 0 ? one.binary : sum.binary }), {
      value: 0,
      binary: false,
    });
}

export function formatQuantity({ value, binary }: Quantity): string {
  if (value === 0) return "0";
  if (binary) {
    let power = 0;
    let rest = value;
    while (power < BINARY.length - 1 && rest % 1024 === 0) {
      rest /= 1024;
      power++;
    }
    return `${rest}${BINARY[power]}`;
  }
  const milli = Math.round(value * 1000);
  if (milli % 1000 !== 0) return `${milli}m`;
  let rest = milli / 1000;
  for (const suffix of ["", "k", "M", "G", "T", "P"]) {
    if (rest % 1000 !== 0) return `${rest}${suffix}`;
    rest /= 1000;
  }
  return String(value);
}
