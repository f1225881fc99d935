// Serving certificate and key that do not belong together, or names of ciphers and versions that Go does not have.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { cipherName, servingPair } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-serving-pair",
  title: "A seal that does not fit",
  topic: "certificates",
  level: 2,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["config-stops-kubelet"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([cipherName, servingPair])(random, node);
    return singleFault({
      node,
      fault,
      task: `Somebody set out to improve TLS on port 10250 of \`${node}\`, and the kubelet has not started since. Nothing new is wanted: a working port with a working certificate is. Mend what was written, or take it back, and have the node Ready.`,
      hints: {
        nudge: "What was written about TLS in the configuration file, and which word of it does the kubelet name?",
        pointer: `The end of \`journalctl -u kubelet -n 20 --no-pager\`, and \`grep -n -i -A3 tls ${CONFIG}\`.`,
      },
      right: [
        {
          name: "all of it taken back",
          lines: [`sed -i '/^tls/d;/^- .*[Ss][Hh][Aa]/d;/^- TLS/d' ${CONFIG}`, "systemctl restart kubelet"],
        },
      ],
      wrong: [
        {
          name: "in small letters",
          lines: [`sed -i '/^tls/s/.*/\\L&/' ${CONFIG}`, "systemctl stop kubelet"],
          fails: "node-ready",
        },
        {
          name: "half of a pair",
          lines: [
            `sed -i '/^tls/d;/^- .*SHA/d;/^- TLS/d' ${CONFIG}`,
            `echo 'tlsCertFile: /var/lib/kubelet/pki/none.crt' >> ${CONFIG}`,
            `echo 'tlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key' >> ${CONFIG}`,
            "systemctl restart kubelet",
          ],
          fails: "node-ready",
        },
      ],
    });
  },
};
