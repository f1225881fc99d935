// Faults between a readable configuration and the first open port: ciphers, papers, authorization, runtime, reservations.

import {
  backInService,
  CONFIG,
  EXTRA_ENV,
  type Fault,
  type FaultMaker,
  JOURNAL,
  KUBECONFIG,
  replaceIn,
  run,
} from "../fault.ts";

const DROP_IN = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";
const CLIENT = "/var/lib/kubelet/pki/kubelet-client";
const CA = "/etc/kubernetes/pki/ca.crt";

/** What differs from one fault to the next. */
type Own = Pick<Fault, "setup" | "mend" | "because"> & {
  readonly place: string;
  readonly shows: string;
  readonly reload?: true;
  readonly file?: string;
};

function onTheWay(node: string, id: string, order: number, { place, shows, ...own }: Own): Fault {
  return {
    id,
    order,
    places: [place],
    down: true,
    evidence: { run: JOURNAL, shows },
    checks: backInService(node),
    ...own,
  };
}

/** A version or cipher by a name that Go does not have. */
export const cipherName: FaultMaker = (random, node) => {
  const version = random.pick(["TLS1.2", "TLSv1.2", "VersionTLS1.2", "1.2"]);
  const suite = random.pick(["ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM", "TLS_ECDHE_RSA_AES_256_GCM_SHA384"]);
  return onTheWay(
    node,
    "cipher-name",
    44,
    random.oneIn(2)
      ? {
          place: "yaml:tls",
          setup: [run(node, `echo 'tlsMinVersion: "${version}"' >> ${CONFIG}`)],
          shows: `unknown tls version \\"${version}\\"`,
          mend: [`sed -i 's/^tlsMinVersion: .*/tlsMinVersion: VersionTLS12/' ${CONFIG}`],
          because: `\`tlsMinVersion: ${version}\` is no name that the kubelet knows; it is \`VersionTLS12\`.`,
        }
      : {
          place: "yaml:tls",
          setup: [run(node, `printf 'tlsCipherSuites:\\n- ${suite}\\n' >> ${CONFIG}`)],
          shows: `Cipher suite ${suite} not supported`,
          mend: [`sed -i '/^- ${suite}/d;/^tlsCipherSuites/d' ${CONFIG}`],
          because: `The kubelet knows no suite \`${suite}\`: it takes Go’s names, as \`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\`.`,
        },
  );
};

/** --kubeconfig names a file that is not there; then a bootstrap kubeconfig is asked for, and there is none either. */
export const kubeconfigPath: FaultMaker = (random, node) => {
  const wrong = random.pick([
    "/etc/kubernetes/kubelet.config",
    "/etc/kubernetes/kubelet.kubeconfig",
    "/etc/kubernetes/kublet.conf",
    "/etc/kubernetes/node.conf",
    "/var/lib/kubelet/kubelet.conf",
  ]);
  const byFlag = random.oneIn(2);
  const common = {
    file: wrong,
    shows: "unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf",
  };
  return onTheWay(
    node,
    "kubeconfig-path",
    50,
    byFlag
      ? {
          ...common,
          place: EXTRA_ENV,
          setup: [{ on: node, path: EXTRA_ENV, content: `KUBELET_EXTRA_ARGS=--kubeconfig=${wrong}\n` }],
          mend: [`echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}`],
          because: `\`--kubeconfig=${wrong}\` in ${EXTRA_ENV} came last and won; that file does not exist, so the kubelet looked for a bootstrap kubeconfig, and there was none.`,
        }
      : {
          ...common,
          place: "unit:10-kubeadm",
          setup: [run(node, replaceIn(DROP_IN, `--kubeconfig=${KUBECONFIG}`, `--kubeconfig=${wrong}`))],
          mend: [replaceIn(DROP_IN, wrong, KUBECONFIG)],
          reload: true,
          because: `The drop-in of kubeadm named ${wrong}, which does not exist, so the kubelet looked for a bootstrap kubeconfig, and there was none.`,
        },
  );
};

/** The link to the kubelet's own client certificate is gone. */
export const clientLink: FaultMaker = (_random, node) =>
  onTheWay(node, "client-link", 51, {
    place: "client-link",
    setup: [run(node, `rm ${CLIENT}-current.pem`)],
    shows: `unable to read client-cert ${CLIENT}-current.pem`,
    mend: [`ln -s ${CLIENT}-2*.pem ${CLIENT}-current.pem`],
    because: `${CLIENT}-current.pem, a link to the newest client certificate, was gone. The certificate itself lay beside it.`,
  });

/** The client CA: a wrong path, or a file that is gone or no certificate any more. */
export const clientCa: FaultMaker = (random, node) => {
  const wrong = random.pick([
    "/etc/kubernetes/ca.crt",
    "/etc/kubernetes/pki/ca.pem",
    "/etc/kubernetes/pki/client-ca.crt",
    "/var/lib/kubelet/pki/ca.crt",
  ]);
  const aside = random.pick(["/root/ca.crt", `${CA}.old`, "/etc/kubernetes/ca.crt.bak"]);
  return onTheWay(
    node,
    "client-ca",
    54,
    random.oneIn(2)
      ? {
          place: "yaml:ca",
          setup: [run(node, replaceIn(CONFIG, CA, wrong))],
          shows: `failed to run Kubelet: open ${wrong}: no such file or directory`,
          mend: [replaceIn(CONFIG, wrong, CA)],
          because: `\`clientCAFile\` named ${wrong}, where there is no file. The cluster’s CA is ${CA}.`,
        }
      : {
          place: "ca-file",
          setup: [run(node, `mv ${CA} ${aside}`)],
          shows: `failed to run Kubelet: open ${CA}: no such file or directory`,
          mend: [`mv ${aside} ${CA}`],
          because: `The cluster’s CA, which \`clientCAFile\` names, had been moved to ${aside}.`,
        },
  );
};

/** A mode that is none. */
export const authorizationMode: FaultMaker = (random, node) => {
  const mode = random.pick(["webhook", "WebHook", "WEBHOOK", "RBAC", "Node"]);
  return onTheWay(node, "authorization-mode", 56, {
    place: "yaml:mode",
    setup: [run(node, `sed -i 's/^  mode: Webhook/  mode: ${mode}/' ${CONFIG}`)],
    shows: `unknown authorization mode ${mode}`,
    mend: [`sed -i 's/^  mode: ${mode}/  mode: Webhook/' ${CONFIG}`],
    because: `\`authorization.mode\` was \`${mode}\`. The kubelet knows \`Webhook\` and \`AlwaysAllow\`, in these letters.`,
  });
};

/** Another runtime's socket. */
export const runtimeSocket: FaultMaker = (random, node) => {
  const wrong = random.pick([
    "/var/run/crio/crio.sock",
    "/run/dockershim.sock",
    "/var/run/cri-dockerd.sock",
    "/run/containerd.sock",
    "/var/run/containerd/cri.sock",
  ]);
  return onTheWay(node, "runtime-socket", 60, {
    place: "yaml:endpoint",
    setup: [run(node, replaceIn(CONFIG, "/var/run/containerd/containerd.sock", wrong))],
    shows: `dial unix ${wrong}: connect: no such file or directory`,
    mend: [replaceIn(CONFIG, wrong, "/run/containerd/containerd.sock")],
    because: `\`containerRuntimeEndpoint\` named ${wrong}; containerd listens at /run/containerd/containerd.sock.`,
  });
};

/** Reservations, thresholds and policies that the kubelet cannot take. */
export const reservation: FaultMaker = (random, node) => {
  const size = random.pick(["256MB", "512MB", "1GB"]);
  const signal = random.pick(["memory.avail", "memory.free", "nodefs.free"]);
  const own = (lines: string, shows: string, mend: string, because: string): Own => ({
    place: "yaml:reserved",
    setup: [run(node, `printf '${lines}\\n' >> ${CONFIG}`)],
    shows,
    mend: [`${mend} ${CONFIG}`],
    because,
  });
  return onTheWay(
    node,
    "reservation",
    64,
    random.pick([
      own(
        `kubeReserved:\\n  memory: ${size}`,
        `failed to parse quantity \\"${size}\\"`,
        `sed -i 's/^  memory: ${size}/  memory: 256Mi/'`,
        `\`${size}\` is no quantity: units are \`Mi\` and \`Gi\`, or \`M\` and \`G\`, without a B.`,
      ),
      own(
        "systemReserved:\\n  ram: 256Mi",
        'cannot reserve \\"ram\\" resource',
        "sed -i 's/^  ram: /  memory: /'",
        "What is reserved is called `memory`, not `ram`.",
      ),
      own(
        `evictionHard:\\n  ${signal}: 100Mi`,
        `unsupported eviction signal ${signal}`,
        `sed -i '/^evictionHard/,$d'`,
        `There is no eviction signal \`${signal}\`; it would be \`${signal.replace(/[^.]+$/, "available")}\`.`,
      ),
      own(
        "cpuManagerPolicy: Static",
        'unknown policy: \\"Static\\"',
        "sed -i 's/^cpuManagerPolicy: .*/cpuManagerPolicy: none/'",
        "Policies of the CPU manager are `none` and `static`, in small letters; and `static` needs a reservation.",
      ),
      own(
        "memoryManagerPolicy: static",
        'unknown policy: \\"static\\"',
        "sed -i 's/^memoryManagerPolicy: .*/memoryManagerPolicy: None/'",
        "Policies of the memory manager are `None` and `Static`, with a capital, unlike those of the CPU manager.",
      ),
    ]),
  );
};

/** Serving certificate and key that do not go together, or are not there. */
export const servingPair: FaultMaker = (random, node) => {
  const dir = "/var/lib/kubelet/pki";
  const name = random.pick(["serving", "server", "node", "tls"]);
  const missing = random.oneIn(2);
  const lines = `tlsCertFile: ${dir}/kubelet.crt\\ntlsPrivateKeyFile: ${dir}/${name}.key`;
  return onTheWay(node, "serving-pair", 70, {
    place: "yaml:tls-files",
    setup: [
      ...(missing ? [] : [run(node, `openssl genrsa -out ${dir}/${name}.key 2048 2>/dev/null`)]),
      run(node, `printf '${lines}\\n' >> ${CONFIG}`),
    ],
    shows: missing
      ? `open ${dir}/${name}.key: no such file or directory`
      : "tls: private key does not match public key",
    mend: [`sed -i 's|${dir}/${name}.key|${dir}/kubelet.key|' ${CONFIG}`],
    because: missing
      ? `\`tlsPrivateKeyFile\` named ${dir}/${name}.key, which does not exist; the certificate’s key is kubelet.key.`
      : `${dir}/${name}.key was another key than the certificate’s, which is kubelet.key.`,
  });
};

/** A port that is taken, or an address that is not the node's. */
export const portTaken: FaultMaker = (random, node) => {
  const [line, shows, why] = random.pick([
    ["port: 22", "listen tcp 0.0.0.0:22: bind: address already in use", "`port: 22` is sshd’s"],
    ["port: 10256", "listen tcp 0.0.0.0:10256: bind: address already in use", "`port: 10256` is kube-proxy’s"],
    [
      "address: 10.0.0.5",
      "listen tcp 10.0.0.5:10250: bind: cannot assign requested address",
      "`address: 10.0.0.5` is no address of this node",
    ],
    [
      "address: 172.30.2.9",
      "listen tcp 172.30.2.9:10250: bind: cannot assign requested address",
      "`address: 172.30.2.9` is no address of this node",
    ],
  ] as const);
  return onTheWay(node, "port-taken", 80, {
    place: "yaml:port",
    setup: [run(node, `echo '${line}' >> ${CONFIG}`)],
    shows,
    mend: [`sed -i '/^${line}/d' ${CONFIG}`],
    because: `The kubelet could not listen: ${why}.`,
  });
};

/** The kubelet is to check the kernel's settings, and they are not what it wants. */
export const kernelDefaults: FaultMaker = (random, node) => {
  const [name, flag, wrong, right] = random.pick([
    ["vm.overcommit_memory", "vm/overcommit_memory", random.pick([0, 2]), 1],
    ["kernel.panic", "kernel/panic", random.pick([0, 5, 60]), 10],
    ["kernel.panic_on_oops", "kernel/panic_on_oops", 0, 1],
  ] as const);
  const file = `/etc/sysctl.d/${random.pick(["70-site", "60-deck", "80-fleet"])}.conf`;
  return onTheWay(node, "kernel-defaults", 82, {
    place: "kernel",
    setup: [
      { on: node, path: file, content: `${name} = ${wrong}\n` },
      run(node, `echo 'protectKernelDefaults: true' >> ${CONFIG}; sysctl -q -p ${file}`),
    ],
    shows: `invalid kernel flag: ${flag}, expected value: ${right}, actual value: ${wrong}`,
    mend: [`sed -i 's/=.*/= ${right}/' ${file}`, "sysctl --system"],
    because: `With \`protectKernelDefaults: true\` the kubelet ends where the kernel is set otherwise than it wants: ${file} set ${name} to ${wrong}, and it must be ${right}.`,
  });
};
