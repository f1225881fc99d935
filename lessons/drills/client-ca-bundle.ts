// Two CAs in one file: every certificate of a fleet that was given up still makes its bearer known here.

import type { DrillTemplate } from "../_kit/drill.ts";
import { callerGets, holdsAfterRestart, kubeletHealthy, logsReadable, strangerAsks } from "../_kit/drill-checks.ts";
import { CONFIG, caDropped, EXTRA, pickNode, portClosed, RESTART, restarted } from "../_kit/drill-ways.ts";
import { forged, forgedKey, oldCa } from "../_kit/papers.ts";

const CA = "/etc/kubernetes/pki/ca.crt";

export const template: DrillTemplate = {
  id: "client-ca-bundle",
  title: "One CA and no more",
  topic: "authentication",
  level: 2,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["one-ca-a-file", "any-ca"],
  make(random) {
    const host = pickNode(random);
    const papers = `/home/pirate/${random.pick(["captain", "paper", "pass", "stolen"])}`;
    const bundle = `/etc/kubernetes/pki/${random.pick(["bundle", "trust", "clients", "all"])}.crt`;
    const place = random.pick(["first", "last", "bundle"]);
    const lay = { on: host, path: "/root/old-ca.crt", content: oldCa };
    const lines = {
      first: {
        setup: [{ on: host, run: `cat old-ca.crt ${CA} > both && cp both ${CA} && rm both old-ca.crt` }],
        mend: `sed -i '1,/END/d' ${CA}`,
        why: `Two CAs stood in ${CA}, the old fleet’s first. A kubelet believes each certificate in the file.`,
      },
      last: {
        setup: [{ on: host, run: `cat old-ca.crt >> ${CA} && rm old-ca.crt` }],
        mend: `sed -i '/END/q' ${CA}`,
        why: `Two CAs stood in ${CA}, the old fleet’s last. A kubelet believes each certificate in the file.`,
      },
      bundle: {
        setup: [
          {
            on: host,
            run: `cat ${CA} old-ca.crt > ${bundle} && rm old-ca.crt && sed -i 's|${CA}|${bundle}|' ${CONFIG}`,
          },
        ],
        mend: `sed -i 's|${bundle}|${CA}|' ${CONFIG}`,
        why: `\`clientCAFile\` named ${bundle}, with two CAs in it. A kubelet believes each certificate in the file.`,
      },
    }[place];
    const refused = callerGets(
      "forged-refused",
      "A caller with a certificate of the fleet that was given up",
      strangerAsks(host, "/pods", { kind: "certificate", cert: `${papers}.crt`, key: `${papers}.key` }),
      401,
      {
        passed: "401: that CA vouches for nobody here.",
        hints: {
          nudge: "How many certificates are in the file that the kubelet reads?",
          pointer: "`grep -c BEGIN FILE` counts them; `openssl x509 -noout -subject -in FILE` shows the first alone.",
        },
      },
    );
    return {
      base: "fleet",
      setup: [
        lay,
        { on: "outsider", path: `${papers}.crt`, content: forged, owner: "pirate" },
        { on: "outsider", path: `${papers}.key`, content: forgedKey, owner: "pirate" },
        ...restarted(host, lines.setup),
      ],
      host,
      task: `Certificates signed by \`CN=old-fleet\`, a CA that was given up, still make their bearers known to the kubelet on \`${host}\`; one of them was stolen. Only certificates of the cluster’s own CA, \`CN=kubernetes\`, may count there. The API server must be able to read logs as before.`,
      checks: [{ ...refused, weight: 2 }, holdsAfterRestart(refused), logsReadable(host), kubeletHealthy(host)],
      because: lines.why,
      solution: [lines.mend, RESTART],
      right: [
        {
          name: "the CA of the harbour, fetched again",
          lines: [
            "#@ controlplane",
            `scp ${CA} ${host}:${CA}`,
            `#@ ${host}`,
            `echo KUBELET_EXTRA_ARGS=--client-ca-file=${CA} > ${EXTRA}`,
            RESTART,
          ],
        },
        {
          name: "out of the kubeconfig",
          lines: [
            `awk '/authority-data/{print $2}' /etc/kubernetes/kubelet.conf | base64 -d > ${CA}`,
            `sed -i 's|clientCAFile: .*|clientCAFile: ${CA}|' ${CONFIG}`,
            RESTART,
          ],
        },
      ],
      wrong: [
        caDropped([]),
        {
          name: "the other one kept",
          lines: [
            `sed -i ${place === "first" ? "'/END/q'" : "'1,/END/d'"} ${place === "bundle" ? bundle : CA}`,
            RESTART,
          ],
          fails: "pilot-logs",
        },
        { name: "restarted and nothing else", lines: [RESTART], fails: "forged-refused" },
        portClosed,
      ],
    };
  },
};
