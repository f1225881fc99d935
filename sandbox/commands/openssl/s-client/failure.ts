// Why there is no connection, in the words of OpenSSL's error queue.

import { openSslAlert } from "../../../lib/tls/alerts.ts";
import type { TlsFailure } from "../../../lib/tls/client.ts";
import type { Tool } from "../tool.ts";

export function failure(tool: Tool, why: TlsFailure): void {
  switch (why.kind) {
    case "foreign":
      if (tool.modern)
        tool.queue(
          "0A00010B",
          "tls_validate_record_header",
          "wrong version number",
          "../ssl/record/methods/tlsany_meth.c:77",
        );
      else tool.queue("0A00010B", "ssl3_get_record", "wrong version number", "../ssl/record/ssl3_record.c:354");
      return;
    case "rejected":
      tool.queue(
        "0A000086",
        "tls_post_process_server_certificate",
        "certificate verify failed",
        `../ssl/statem/statem_clnt.c:${tool.modern ? 2124 : 1889}`,
      );
      return;
    case "alert": {
      const { code, text } = openSslAlert(why.number, tool.modern);
      tool.queue(
        code,
        "ssl3_read_bytes",
        text,
        `../ssl/record/rec_layer_s3.c:${tool.modern ? 918 : 1590}`,
        `SSL alert number ${why.number}`,
      );
      return;
    }
    case "no-protocols":
      tool.queue(
        "0A0000BF",
        "tls_setup_handshake",
        "no protocols available",
        `../ssl/statem/statem_lib.c:${tool.modern ? 153 : 104}`,
      );
      return;
    case "no-ciphers":
      tool.queue("0A0000B5", "tls_setup_handshake", "no ciphers available", "../ssl/statem/statem_lib.c:165");
      return;
    case "end":
      if (tool.modern)
        tool.queue("0A000126", "ssl3_read_n", "unexpected eof while reading", "../ssl/record/rec_layer_s3.c:701");
      else tool.queue("0A000126", "ssl3_read_n", "unexpected eof while reading", "../ssl/record/rec_layer_s3.c:308");
      return;
    case "errno":
      tool.error(`write:errno=${why.errno.code === "ECONNRESET" ? 104 : 5}`);
      return;
    default:
      tool.queue("0A00007B", "tls_process_cert_verify", "bad signature", "../ssl/statem/statem_lib.c:582");
  }
}
