// The whole of HTTP that small servers in containers speak.

import type { Sys, Task } from "../kernel/sys.ts";

/** The same answer to whatever is asked first; then the connection is closed. */
export function* answerOnce(sys: Sys, fd: number, body: string): Task {
  yield* sys.read(fd);
  yield* sys.write(fd, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  sys.close(fd);
}
