import { expect, it } from "vitest";
import { hexAddress } from "./procnet.ts";

it("prints addresses as the kernel does, each word of four bytes backwards", () => {
  expect(hexAddress("127.0.0.1", false)).toBe("0100007F");
  expect(hexAddress("::1", true)).toBe("00000000000000000000000001000000");
  expect(hexAddress("fe80::5054:ff:fe8a:1f0b", true)).toBe("000080FE00000000FF0054500B1F8AFE");
  expect(hexAddress("::ffff:172.30.1.2", true)).toBe("0000000000000000FFFF000002011EAC");
});
