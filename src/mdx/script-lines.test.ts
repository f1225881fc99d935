import { expect, test } from "vitest";
import { markLines } from "./script-lines.ts";

test("a remark at the end of a line is one piece, a # inside a command is none", () => {
  const html = markLines("<code class=\"language-bash\">ls -l   # all of it\ngrep '^# /' x\n</code>");
  expect(html).toBe(
    '<code class="language-bash"><span class="line">ls -l   <span class="remark"># all of it</span>\n</span>' +
      "<span class=\"line\">grep '^# /' x\n</span></code>",
  );
});
