// systemd-cgls: control groups and their processes as a tree.

import type { Program } from "../../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { printPids, printTree } from "../../systemd/client/cgroups.ts";
import { Output } from "../../systemd/client/output.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";

const OPTIONS = parseOptionTable(
  "h,help\n,version\n,no-pager\na,all\nl,full\nu,unit[=UNIT]\n,user-unit[=UNIT]\nk\nM,machine=NAME\nx,xattr[=BOOL]\nc,cgroup-id[=BOOL]\n",
);

export const systemdCgls: Program = {
  name: "systemd-cgls",
  *main(sys, argv) {
    const out = new Output(sys);
    const parsed = parseOptions(argv.slice(1), OPTIONS);
    if (parsed.error !== undefined) {
      yield* sys.write(2, `systemd-cgls: ${parsed.error}\n`);
      return 1;
    }
    const has = (key: string) => parsed.options.some(([name]) => name === key);
    if (!has("no-pager")) yield* out.openPager();
    const width = has("l") || out.pager ? undefined : out.columns;
    const named = parsed.options.find(([key]) => key === "u")?.[1];
    if (has("u")) {
      for (const word of named === undefined ? parsed.operands : [named, ...parsed.operands]) {
        const unit = mangleUnitName(word).name;
        const path = sys
          .processes()
          .map((process) => process.cgroup)
          .find((group) => group.split("/").includes(unit));
        if (path === undefined) {
          out.error(`Failed to query unit control group path: Unit ${unit} not found`);
          continue;
        }
        const group = path.slice(0, path.indexOf(unit) + unit.length);
        out.print(`Unit ${unit} (${group}):\n`);
        const pids = sys
          .processes()
          .filter((process) => process.cgroup === group || process.cgroup.startsWith(`${group}/`));
        printPids(
          out,
          sys,
          pids.map((process) => process.pid),
          "",
          width,
        );
      }
    } else {
      out.print("CGroup /:\n-.slice\n");
      printTree(out, sys, width, "");
    }
    yield* out.close();
    return 0;
  },
};
