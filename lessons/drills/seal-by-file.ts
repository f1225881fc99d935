// A serving certificate of the cluster's CA lies on the node, beside others that will not do; the kubelet is to show it.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, strangerRefused } from "../_kit/drill-checks.ts";
import { CONFIG, EXTRA, notRestarted, pickNode, RESTART } from "../_kit/drill-ways.ts";

const CA = "/etc/kubernetes/pki/ca.crt";

export const template: DrillTemplate = {
  id: "seal-by-file",
  title: "Show the right seal",
  topic: "certificates",
  level: 3,
  minutes: 6,
  use: ["rep", "task"],
  misconceptions: ["two-chains", "called-by-address", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const other = host === "node01" ? "node02" : "node01";
    const own = host === "node01" ? "172.30.2.2" : "172.30.2.3";
    const folder = random.pick(["/etc/kubernetes/serving", "/root/seals", "/var/lib/kubelet/seals"]);
    const [good = "", neighbours = "", late = ""] = random.shuffle([
      "alpha",
      "bravo",
      "delta",
      "echo",
      "kilo",
      "sierra",
    ]);
    const sign = (name: string, alternative: string, until: string): string =>
      [
        `openssl ecparam -name prime256v1 -genkey -noout -out ${name}.key`,
        `openssl req -new -key ${name}.key -subj /O=system:nodes/CN=system:node:${host} -out ${name}.csr`,
        `printf 'subjectAltName=${alternative}\\nextendedKeyUsage=serverAuth\\n' > ${name}.ext`,
        `openssl x509 -req -in ${name}.csr -CA ${CA} -CAkey /etc/kubernetes/pki/ca.key ${until} -extfile ${name}.ext -out ${name}.crt`,
      ].join(" && ");
    const names = `DNS:${host},IP:${own}`;
    const expired = "-not_before 20250901000000Z -not_after 20260901000000Z";
    const files = (name: string): string =>
      `tlsCertFile: ${folder}/${name}.crt\\ntlsPrivateKeyFile: ${folder}/${name}.key`;
    const write = (name: string): string => `printf '${files(name)}\\n' >> ${CONFIG}`;
    const sealed: DrillCheck = {
      id: "true-name",
      goal: `A careful caller, with the cluster’s CA, believes the certificate of ${host}.`,
      probe: {
        kind: "command",
        on: "controlplane",
        run: `curl -sS -m 5 --cacert ${CA} -o /dev/null -w '%{http_code}' https://${own}:10250/pods`,
      },
      expect: { exit: { is: 0 } },
      passed: "The caller knows with whom it speaks.",
      failures: [
        {
          when: { stderr: { has: "self-signed" } },
          say: "The kubelet still shows a certificate that it signed itself.",
        },
        { when: { stderr: { has: "expired" } }, say: "The certificate is past its day." },
        {
          when: { stderr: { has: "subject name" } },
          say: "The signature is good, and the certificate names another machine.",
        },
        { when: { exit: { is: 7 } }, say: "Nobody answers on 10250." },
        { when: {}, say: "curl does not believe it: {stderr}" },
      ],
      hints: {
        nudge: "For whom is each of the certificates, and until when?",
        pointer:
          "`openssl x509 -noout -text -in FILE`; `tlsCertFile` with `tlsPrivateKeyFile` say what the kubelet shows.",
      },
    };
    const make = [
      sign(good, names, "-days 365"),
      sign(neighbours, `DNS:${other},IP:${other === "node01" ? "172.30.2.2" : "172.30.2.3"}`, "-days 365"),
      sign(late, names, expired),
      `ssh ${host} mkdir -p ${folder}`,
      `scp -q ${[good, neighbours, late].flatMap((name) => [`${name}.crt`, `${name}.key`]).join(" ")} ${host}:${folder}/`,
      `rm ${[good, neighbours, late].flatMap((name) => [`${name}.crt`, `${name}.key`, `${name}.csr`, `${name}.ext`]).join(" ")}`,
    ];
    return {
      base: "fleet",
      setup: make.map((run) => ({ on: "controlplane", run })),
      host,
      task: `The kubelet on \`${host}\` shows a certificate that it signed itself. In \`${folder}\` on \`${host}\` lie certificates with their keys, all signed by the cluster’s CA; one of them is good for \`${host}\` today. Let the kubelet show that one, now and after a restart, so that callers who check against \`${CA}\` believe it by the address ${own}. Callers without credentials must still get 401.`,
      checks: [
        { ...sealed, weight: 2 },
        holdsAfterRestart(sealed),
        strangerRefused(host),
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `${good}.crt names ${host} and ${own} and is within its days; ${neighbours}.crt names ${other}, and ${late}.crt has expired. \`tlsCertFile\` and \`tlsPrivateKeyFile\` say what the kubelet shows.`,
      solution: [write(good), RESTART],
      right: [
        {
          name: "by flags",
          lines: [
            `echo "KUBELET_EXTRA_ARGS=--tls-cert-file=${folder}/${good}.crt --tls-private-key-file=${folder}/${good}.key" > ${EXTRA}`,
            RESTART,
          ],
        },
        {
          name: "under the names of its own",
          lines: [
            `cp ${folder}/${good}.crt /var/lib/kubelet/pki/kubelet.crt`,
            `cp ${folder}/${good}.key /var/lib/kubelet/pki/kubelet.key`,
            RESTART,
          ],
        },
      ],
      wrong: [
        notRestarted([write(good)], "true-name"),
        { name: "the neighbour’s", lines: [write(neighbours), RESTART], fails: "true-name" },
        { name: "one past its day", lines: [write(late), RESTART], fails: "true-name" },
        {
          name: "a key of another",
          lines: [
            `printf 'tlsCertFile: ${folder}/${good}.crt\\ntlsPrivateKeyFile: ${folder}/${late}.key\\n' >> ${CONFIG}`,
            RESTART,
          ],
          fails: "ship-healthy",
        },
        {
          name: "as the CA for callers",
          lines: [`sed -i 's|clientCAFile: .*|clientCAFile: ${folder}/${good}.crt|' ${CONFIG}`, RESTART],
          fails: "true-name",
          misconception: "two-chains",
        },
      ],
    };
  },
};
