// The tool profile: versions of the packages, chosen by the release that the machine's /etc/os-release names.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

/** What differs between releases of the tools, and can be seen. */
export interface ToolProfile {
  readonly versions: Readonly<Record<ToolPackage, string>>;
}

export type ToolPackage =
  | "coreutils"
  | "findutils"
  | "procps"
  | "util-linux"
  | "iproute2"
  | "net-tools"
  | "psmisc"
  | "lsof"
  | "sudo"
  | "file"
  | "grep"
  | "sed"
  | "diffutils"
  | "gzip"
  | "tar"
  | "jq"
  | "less"
  | "curl"
  | "openssl"
  | "other";

const DEBIAN_12: ToolProfile = {
  versions: {
    coreutils: "9.1",
    findutils: "4.9.0",
    procps: "4.0.2",
    "util-linux": "2.38.1",
    iproute2: "6.1.0",
    "net-tools": "2.10",
    psmisc: "23.6",
    lsof: "4.95.0",
    sudo: "1.9.13p3",
    file: "5.44",
    grep: "3.8",
    sed: "4.9",
    diffutils: "3.8",
    gzip: "1.12",
    tar: "1.34",
    jq: "1.6",
    less: "590",
    curl: "7.88.1",
    openssl: "3.0.19",
    other: "",
  },
};

const DEBIAN_13: ToolProfile = {
  versions: {
    coreutils: "9.7",
    findutils: "4.10.0",
    procps: "4.0.4",
    "util-linux": "2.41.5",
    iproute2: "6.15.0",
    "net-tools": "2.10",
    psmisc: "23.7",
    lsof: "4.99.4",
    sudo: "1.9.16p2",
    file: "5.46",
    grep: "3.11",
    sed: "4.9",
    diffutils: "3.10",
    gzip: "1.13",
    tar: "1.35",
    jq: "1.7",
    less: "668",
    curl: "8.14.1",
    openssl: "3.5.7",
    other: "",
  },
};

/** The profile of this machine. */
export function toolProfile(sys: Sys): ToolProfile {
  const release = sys.readFile("/etc/os-release");
  return !isErrno(release) && /^VERSION_ID="?12"?$/m.test(decode(release)) ? DEBIAN_12 : DEBIAN_13;
}
