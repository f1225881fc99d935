// The API server is a stranger: the kubelet knows no client CA, or another fleet's.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import {
  callerGets,
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  strangerAsks,
  strangerRefused,
} from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  CONFIG,
  EXTRA,
  notRestarted,
  pickNode,
  RESTART,
  restarted,
} from "../_kit/drill-ways.ts";
import { forged, forgedKey, oldCa } from "../_kit/papers.ts";

const CA = "/etc/kubernetes/pki/ca.crt";

export const template: DrillTemplate = {
  id: "client-ca-wrong",
  title: "Let the kubelet know the API server again",
  topic: "authentication",
  level: 2,
  minutes: 2.5,
  use: ["rep", "task"],
  misconceptions: ["ca-missing", "any-ca", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const place = random.pick(["gone", "other", "flag"]);
    const old = `/etc/kubernetes/pki/${random.pick(["fleet", "old-fleet", "client", "clients"])}-ca.crt`;
    const papers = `/home/pirate/${random.pick(["captain", "paper", "pass"])}`;
    const lines = {
      gone: {
        setup: [{ on: host, run: `sed -i '/clientCAFile/d' ${CONFIG}` }],
        mend: [`sed -i 's|^  x509:|&\\n    clientCAFile: ${CA}|' ${CONFIG}`],
        why: "`clientCAFile` was gone, so the kubelet asked nobody for a certificate and the API server was one more stranger.",
      },
      other: {
        setup: [{ on: host, run: `sed -i 's|${CA}|${old}|' ${CONFIG}` }],
        mend: [`sed -i 's|${old}|${CA}|' ${CONFIG}`],
        why: `\`clientCAFile\` named ${old}, the CA of another fleet.`,
      },
      flag: {
        setup: [{ on: host, path: EXTRA, content: `KUBELET_EXTRA_ARGS=--client-ca-file=${old}\n` }],
        mend: [`: > ${EXTRA}`],
        why: `\`--client-ca-file=${old}\` in ${EXTRA} went over the file, which was right.`,
      },
    }[place];
    const known: DrillCheck = {
      ...logsReadable(host),
      setting: { on: host, field: "authentication.x509.clientCAFile", value: CA },
    };
    const forgedRefused = callerGets(
      "forged-refused",
      "A caller with a certificate of the fleet that was given up",
      strangerAsks(host, "/pods", { kind: "certificate", cert: `${papers}.crt`, key: `${papers}.key` }),
      401,
      {
        passed: "401: that CA vouches for nobody here.",
        hints: {
          nudge: "Whose signature does this kubelet believe?",
          pointer: `\`openssl x509 -noout -subject -in FILE\` on the file that the kubelet reads; the cluster’s is ${CA}.`,
        },
      },
    );
    return {
      base: "fleet",
      setup: [
        { on: host, path: old, content: oldCa },
        { on: "outsider", path: `${papers}.crt`, content: forged, owner: "pirate" },
        { on: "outsider", path: `${papers}.key`, content: forgedKey, owner: "pirate" },
        ...restarted(host, lines.setup),
      ],
      host,
      task: `\`kubectl logs\` fails for every pod on \`${host}\`: its kubelet answers the API server with 401. Let the kubelet on \`${host}\` believe certificates of the cluster’s CA, \`${CA}\`, and of no other. Callers without credentials must still be turned away.`,
      checks: [
        { ...known, weight: 2 },
        holdsAfterRestart(known),
        forgedRefused,
        strangerRefused(host),
        kubeletHealthy(host),
      ],
      because: lines.why,
      solution: [...lines.mend, RESTART],
      right: [
        { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=--client-ca-file=${CA} > ${EXTRA}`, RESTART] },
        {
          name: "file and no flag",
          lines: [
            `: > ${EXTRA}`,
            `sed -i '/clientCAFile/d; s|^  x509:|&\\n    clientCAFile: ${CA}|' ${CONFIG}`,
            RESTART,
          ],
        },
      ],
      wrong: [
        notRestarted(lines.mend, "pilot-logs"),
        {
          name: "open to everybody",
          lines: [anonymous.inFile("true"), authorizationMode.inFile("AlwaysAllow"), RESTART],
          fails: "stranger-refused",
        },
        {
          name: "both believed",
          lines: [`cat ${old} >> ${CA}`, ...lines.mend, RESTART],
          fails: "forged-refused",
        },
        {
          name: "a file that is not there",
          lines: [`echo KUBELET_EXTRA_ARGS=--client-ca-file=/etc/kubernetes/ca.crt > ${EXTRA}`, RESTART],
          fails: "ship-healthy",
          misconception: "ca-missing",
        },
        {
          name: "at the left edge",
          lines: [
            `: > ${EXTRA}`,
            `sed -i '/clientCAFile/d' ${CONFIG}`,
            `echo 'clientCAFile: ${CA}' >> ${CONFIG}`,
            RESTART,
          ],
          fails: "pilot-logs",
          misconception: "wrong-indentation",
        },
      ],
    };
  },
};
