// tar: create, list and extract archives, packed by gzip or not. Other packers and incremental archives are not modelled.

import { isErrno } from "../../kernel/errno.ts";
import { concat } from "../../kernel/text.ts";
import { writeMember } from "../../lib/tar.ts";
import { defineCommand } from "../define.ts";
import { create } from "./create.ts";
import { open, read } from "./extract.ts";
import { prepare } from "./words.ts";

const HINT = "Try 'tar --help' or 'tar --usage' for more information.";

export const tar = defineCommand({
  name: "tar",
  summary: "Save many files together in one archive, and restore them from it.",
  usage: ["-c|-t|-x|-r [OPTION]... [FILE]..."],
  options: `
    c,create  create a new archive
    t,list  list the contents of an archive
    x,extract~get  extract files from an archive
    r,append  append files to the end of an archive
    f,file=ARCHIVE  use archive file
    z,gzip~gunzip~ungzip  filter the archive through gzip
    v,verbose  verbosely list files processed
    a,auto-compress  use archive suffix to determine the compression program
    h,dereference  follow symlinks; archive the files they point to
    k,keep-old-files  don't replace existing files when extracting
    m,touch  don't extract file modified time
    O,to-stdout  extract files to standard output
    p,preserve-permissions~same-permissions  extract file permissions
    P,absolute-names  don't strip leading '/'s from file names
    T,files-from=FILE  get names to extract or create from FILE
    j,bzip2
    J,xz
    Z,compress
    u,update
    d,diff~compare
    A,catenate~concatenate
    ,zstd
    ,exclude=PATTERN  exclude files, given as a PATTERN
    ,strip-components=NUMBER  strip NUMBER leading components from file names
    ,numeric-owner  always use numbers for user/group names
    ,owner=NAME  force NAME as owner for added files
    ,group=NAME  force NAME as group for added files
    ,no-same-owner  extract files as yourself
    ,no-same-permissions  apply the user's umask
    ,same-owner  try extracting files with the same ownership
    ,no-recursion  avoid descending automatically in directories
    ,wildcards  use wildcards`,
  package: "tar",
  usageStatus: 64,
  hint: HINT,
  prepare,
  *run(io) {
    for (const key of ["j", "J", "Z", "u", "d", "A", "zstd"])
      if (io.has(key)) return yield* io.notModelled(key.length === 1 ? `-${key}` : `--${key}`, 2);
    const modes = ["c", "t", "x", "r"].filter((key) => io.has(key));
    if (modes.length === 0)
      return yield* io.usageError("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2);
    if (modes.length > 1)
      return yield* io.usageError(
        "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
        2,
      );
    const file = io.value("f") ?? "-";
    if (modes[0] === "c") return yield* create(io, file, io.operands, new Uint8Array(0));
    if (modes[0] === "r") {
      const { members } = isErrno(io.sys.stat(file)) ? { members: [] } : yield* open(io, file);
      return yield* create(io, file, io.operands, concat(members.map(writeMember)));
    }
    return yield* read(io, file, io.operands, modes[0] === "x");
  },
});
