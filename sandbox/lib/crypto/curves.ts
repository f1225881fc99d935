// The elliptic curves by the names Go and the standards give them.

import { p256, p384, p521 } from "@noble/curves/nist.js";

export function curveOf(name: "P-256" | "P-384" | "P-521") {
  if (name === "P-256") return p256;
  return name === "P-384" ? p384 : p521;
}
