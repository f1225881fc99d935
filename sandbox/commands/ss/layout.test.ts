import { expect, test } from "vitest";
import { layOut } from "./layout.ts";

const HEAD = [undefined, "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"];
const ROW = [undefined, "LISTEN", "0     ", "4096  ", "*:", "10250", "*:", "*", ' users:(("kubelet",pid=4842,fd=3))'];

test("in a pipe columns are as wide as their contents", () => {
  expect(layOut([HEAD, ROW], Number.POSITIVE_INFINITY)).toBe(
    `State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess                           
LISTEN 0      4096               *:10250            *:*    users:(("kubelet",pid=4842,fd=3))
`,
  );
});

test("on a terminal they spread over its width", () => {
  const lines = layOut([HEAD, ROW], 100).split("\n");
  expect(lines[0]).toBe(
    "State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port Process                            ",
  );
  expect(lines[1]?.length).toBe(100);
});
