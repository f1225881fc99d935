// openssl: the command and its subcommands.

import type { Program } from "../../kernel/sys.ts";

export const openssl: Program = {
  name: "openssl",
  *main(sys) {
    yield* sys.write(2, "openssl: not modelled in this sandbox yet\n");
    return 1;
  },
};
