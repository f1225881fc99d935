// Names of the ports that /etc/services has and people meet here.

const PORTS: Readonly<Record<number, string>> = {
  20: "ftp-data",
  21: "ftp",
  22: "ssh",
  23: "telnet",
  25: "smtp",
  53: "domain",
  67: "bootps",
  68: "bootpc",
  80: "http",
  110: "pop3",
  123: "ntp",
  143: "imap2",
  389: "ldap",
  443: "https",
  514: "shell",
  636: "ldaps",
  3306: "mysql",
  5432: "postgresql",
  6379: "redis",
  8080: "http-alt",
};

/** Name of a port, or undefined. */
export function serviceName(port: number): string | undefined {
  return PORTS[port];
}

/** Port of a service's name or number. */
export function servicePort(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word) < 65536 ? Number(word) : undefined;
  const found = Object.entries(PORTS).find(([, name]) => name === word);
  return found === undefined ? undefined : Number(found[0]);
}
