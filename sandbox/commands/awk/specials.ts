// Variables with a meaning of their own, by their slots among the globals.

/** Their names, in the order of the slots. */
export const SPECIALS = [
  "NF",
  "NR",
  "FNR",
  "FS",
  "OFS",
  "RS",
  "ORS",
  "FILENAME",
  "SUBSEP",
  "CONVFMT",
  "OFMT",
  "RSTART",
  "RLENGTH",
  "ARGC",
] as const;
export const NF = 0;
export const NR = 1;
export const FNR = 2;
export const FS = 3;
export const OFS = 4;
export const RS = 5;
export const ORS = 6;
export const FILENAME = 7;
export const SUBSEP = 8;
export const CONVFMT = 9;
export const OFMT = 10;
export const RSTART = 11;
export const RLENGTH = 12;
export const ARGC = 13;
export const ENVIRON = 14;
export const ARGV = 15;
