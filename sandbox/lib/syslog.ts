// Levels and facilities of syslog(3), by their numbers.

export const LEVELS: readonly string[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** 12 to 15 have no name. */
export const FACILITIES: readonly string[] = [
  ..."kern user mail daemon auth syslog lpr news uucp cron authpriv ftp".split(" "),
  ...["12", "13", "14", "15"],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `local${i}`),
];
