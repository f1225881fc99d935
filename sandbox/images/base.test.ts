import { expect, test } from "vitest";
import { Programs } from "../programs.ts";
import { bootScene } from "./index.ts";

test("a machine's folders of programs hold programs, and no parts of them", async () => {
  const programs = new Programs();
  const fleet = await bootScene({ seed: "folders", machines: [{ name: "outsider", image: "outsider" }] }, programs);
  const names = new Set(
    fleet
      .snapshot()
      .machines.flatMap(({ fs }) => [...fs.inodes.values()].flatMap((inode) => [...(inode.entries?.keys() ?? [])])),
  );
  expect(names).toContain("curl");
  expect([...names].filter((name) => programs.known(name) && /-(more|life|doors|papers)$/.test(name))).toEqual([]);
});
