// tar and gzip in the words of GNU tar 1.34 and gzip 1.12, as a real machine said them.

import { beforeAll, expect, it } from "vitest";
import type { Fleet } from "#sandbox/fleet.ts";
import { Programs } from "#sandbox/programs.ts";
import { bareFleet } from "#test/support/machine.ts";

const programs = new Programs();
let fleet: Fleet;

beforeAll(async () => {
  await programs.loadAll([
    "bash",
    "bash-more",
    "cat",
    "tar",
    "gzip",
    "gunzip",
    "zcat",
    "zgrep",
    "ln",
    "head",
    "seq",
    "mkdir",
    "ls",
    "tail",
    "stat",
    "chmod",
    "chown",
    "grep",
  ]);
  fleet = bareFleet(programs.names.flatMap((name) => programs.get(name) ?? []));
});

/** Runs a line in a fresh folder as root; stdout and stderr as they came. */
function run(line: string): string {
  const copy = fleet.fork();
  copy.runTask("node01", function* (sys) {
    sys.mkdir("/tmp/w");
    sys.chdir("/tmp/w");
    const text = `{ mkdir d; echo a >d/a; ln -s a d/l; ln d/a d/h; ${line}; } >/tmp/out 2>&1`;
    const pid = sys.spawn({ path: "/usr/bin/bash", argv: ["bash", "-c", text] });
    yield* sys.waitpid(pid as number);
    return 0;
  });
  return new TextDecoder().decode(copy.readFile("node01", "/tmp/out") as Uint8Array);
}

it("packs and unpacks with owners, modes and links", () => {
  expect(
    run(
      "chmod 640 d/a; chown nobody:daemon d/a; tar czf a.tgz d; mkdir o; tar xzf a.tgz -C o; stat -c '%A %U:%G %h %n' o/d/*",
    ),
  ).toBe("-rw-r----- nobody:daemon 2 o/d/a\n-rw-r----- nobody:daemon 2 o/d/h\nlrwxrwxrwx root:root 1 o/d/l\n");
  expect(run("tar cf a.tar d; mkdir o; tar xvf a.tar -C o --strip-components=1; ls o")).toBe(
    "d/a\nd/l\nd/h\na\nh\nl\n",
  );
  expect(run("tar cf - -C d a -C .. d/l | tar t")).toBe("a\nd/l\n");
});

it("complains as tar does", () => {
  expect(run("tar cf a.tar nosuch; echo $?")).toBe(
    "tar: nosuch: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n2\n",
  );
  expect(run("tar xf none; echo $?")).toBe(
    "tar: none: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n2\n",
  );
  expect(run("echo hi > n; tar xzf n; echo $?")).toBe(
    "\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n2\n",
  );
  expect(run("tar cf a.tar /etc/hostname; tar tf a.tar")).toBe(
    "tar: Removing leading `/' from member names\netc/hostname\n",
  );
});

it("gzips in place, tests, lists and refuses", () => {
  expect(run("seq 9 > g; gzip g; ls; gzip -tv g.gz; zcat g.gz | tail -n 1; gunzip g.gz; gunzip g; echo $?")).toBe(
    "d\ng.gz\ng.gz:\t OK\n9\ngzip: g: unknown suffix -- ignored\n2\n",
  );
  expect(run("seq 9 > g; gzip -k g; head -c 25 g.gz | zcat; echo $?; echo x | zcat; echo $?")).toMatch(
    /\ngzip: stdin: unexpected end of file\n1\n\ngzip: stdin: not in gzip format\n1\n$/,
  );
  expect(run("seq 9 > g; gzip -k g; zgrep -n 3 g.gz g")).toBe("g.gz:3:3\ng:3:3\n");
});
