// Faults in the kubelet's configuration file: it is not there, cannot be read, or says what cannot be.

import { backInService, CONFIG, type Fault, type FaultMaker, JOURNAL, run } from "../fault.ts";

/** A fault that is an edit of the configuration file, and mended by another. */
interface Edit {
  readonly place: string;
  readonly edit: string;
  readonly shows: string;
  readonly mend: string;
  readonly why: string;
}

function edited(node: string, id: string, order: number, { place, edit, shows, mend, why }: Edit): Fault {
  return {
    id,
    order,
    places: [place],
    down: true,
    setup: [run(node, `${edit} ${CONFIG}`)],
    evidence: { run: JOURNAL, shows },
    mend: [`${mend} ${CONFIG}`],
    checks: backInService(node),
    because: why,
  };
}

/** A fault that is lines at the end of the file, mended by taking them away or putting them right. */
const added = (text: string): string => `printf '${text.replaceAll("\n", "\\n")}\\n' >>`;

/** Somebody moved the file aside. */
export const fileGone: FaultMaker = (random, node) => {
  const aside = `${CONFIG}.${random.pick(["bak", "orig", "old", "save", "1"])}`;
  return {
    id: "file-gone",
    order: 30,
    places: ["config-file"],
    down: true,
    setup: [run(node, `mv ${CONFIG} ${aside}`)],
    evidence: { run: JOURNAL, shows: `open ${CONFIG}: no such file or directory` },
    mend: [`mv ${aside} ${CONFIG}`],
    checks: backInService(node),
    because: `The file that \`--config\` names had been moved to ${aside}.`,
  };
};

/** What is no YAML. */
export const badYaml: FaultMaker = (random, node) =>
  edited(
    node,
    "bad-yaml",
    32,
    random.pick([
      {
        place: "yaml:anonymous",
        edit: "sed -i 's/^    enabled: false/\\tenabled: false/'",
        shows: "found character that cannot start any token",
        mend: "sed -i 's/^\\t/    /'",
        why: "A tab stood before `enabled`. YAML is indented with spaces, and a file that is no YAML ends the kubelet.",
      },
      {
        place: "yaml:mode",
        edit: "sed -i 's/^  mode: Webhook/  mode Webhook/'",
        shows: "mapping values are not allowed in this context",
        mend: "sed -i 's/^  mode Webhook/  mode: Webhook/'",
        why: "The colon after `mode` was missing, so the line was no key.",
      },
      {
        place: "yaml:mode",
        edit: "sed -i 's/^  mode: Webhook/   mode: Webhook/'",
        shows: "did not find expected key",
        mend: "sed -i 's/^   mode: Webhook/  mode: Webhook/'",
        why: "`mode` stood one column further right than its neighbour `webhook`: keys of one mapping begin in one column.",
      },
      {
        place: "yaml:domain",
        edit: `sed -i 's/^clusterDomain: .*/clusterDomain: "cluster.local/'`,
        shows: "error failed to decode: yaml: line",
        mend: "sed -i 's/^clusterDomain: .*/clusterDomain: cluster.local/'",
        why: "A quotation mark before `cluster.local` was never closed, so the text went on to the end of the file.",
      },
    ]),
  );

/** YAML, and of another kind than the kubelet's. */
export const wrongKind: FaultMaker = (random, node) => {
  const kind = random.pick(["KubeletConfig", "KubeletConfigration", "Kubelet"]);
  return edited(
    node,
    "wrong-kind",
    33,
    random.pick([
      {
        place: "yaml:kind",
        edit: `sed -i 's/^kind: .*/kind: ${kind}/'`,
        shows: `no kind \\"${kind}\\" is registered`,
        mend: "sed -i 's/^kind: .*/kind: KubeletConfiguration/'",
        why: `The file called itself \`${kind}\`; its kind is \`KubeletConfiguration\`.`,
      },
      {
        place: "yaml:kind",
        edit: "sed -i 's|^apiVersion: .*|apiVersion: kubelet.config.k8s.io/v1|'",
        shows: 'is registered for version \\"kubelet.config.k8s.io/v1\\"',
        mend: "sed -i 's/^apiVersion: .*/&beta1/'",
        why: "There is no `kubelet.config.k8s.io/v1`; the file’s version is `v1beta1`.",
      },
    ]),
  );
};

/** A value of another type than the field's. */
export const wrongType: FaultMaker = (random, node) => {
  const pods = random.pick([60, 80, 100, 110]);
  return edited(
    node,
    "wrong-type",
    34,
    random.pick([
      {
        place: "yaml:anonymous",
        edit: `sed -i 's/^    enabled: false/    enabled: "false"/'`,
        shows: "authentication.anonymous.enabled of type bool",
        mend: `sed -i 's/enabled: "false"/enabled: false/'`,
        why: "Within quotation marks `false` is a text; `enabled` takes a truth value.",
      },
      {
        place: "yaml:dns",
        edit: "sed -i '/^- 10.96.0.10/d;s/^clusterDNS:/clusterDNS: 10.96.0.10/'",
        shows: "KubeletConfiguration.clusterDNS of type []string",
        mend: "sed -i 's/^clusterDNS: .*/clusterDNS: [10.96.0.10]/'",
        why: "`clusterDNS` is a list, even of one address.",
      },
      {
        place: "yaml:pods",
        edit: added(`maxPods: "${pods}"`),
        shows: "KubeletConfiguration.maxPods of type int32",
        mend: `sed -i 's/^maxPods: .*/maxPods: ${pods}/'`,
        why: "Within quotation marks a number is a text; `maxPods` takes a number.",
      },
      {
        place: "yaml:idle",
        edit: "sed -i 's/^streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5 minutes/'",
        shows: 'unknown unit \\" minutes\\"',
        mend: "sed -i 's/ 5 minutes/ 5m/'",
        why: "Spans of time are written as `5m` or `1h30m`, in one word.",
      },
    ]),
  );
};

/** Values that the kubelet's validation refuses. */
export const invalidValue: FaultMaker = (random, node) => {
  const port = random.pick([70_000, 102_480, 65_536]);
  const low = random.between(80, 90);
  return edited(
    node,
    "invalid-value",
    40,
    random.pick([
      {
        place: "yaml:healthz",
        edit: `sed -i 's/^healthzPort: .*/healthzPort: ${port}/'`,
        shows: `healthzPort (--healthz-port) ${port} must be between 1 and 65535`,
        mend: "sed -i 's/^healthzPort: .*/healthzPort: 10248/'",
        why: `There is no port ${port}.`,
      },
      {
        place: "yaml:gc",
        edit: added(`imageGCHighThresholdPercent: 75\nimageGCLowThresholdPercent: ${low}`),
        shows: `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than`,
        mend: "sed -i '/^imageGC.*ThresholdPercent/d'",
        why: "The lower threshold of image collection stood above the upper one.",
      },
      {
        place: "yaml:topology",
        edit: added("topologyManagerPolicy: Restricted"),
        shows: 'topologyManagerPolicy (--topology-manager-policy) \\"Restricted\\" must be one of',
        mend: "sed -i 's/: Restricted/: restricted/'",
        why: "Values of `topologyManagerPolicy` are written in small letters.",
      },
      {
        place: "yaml:hairpin",
        edit: added("hairpinMode: HairpinVeth"),
        shows: 'option \\"HairpinVeth\\" specified for hairpinMode',
        mend: "sed -i 's/: HairpinVeth/: hairpin-veth/'",
        why: "`hairpinMode` is one of `none`, `hairpin-veth` and `promiscuous-bridge`.",
      },
      {
        place: "yaml:pods",
        edit: added("maxPods: -1"),
        shows: "maxPods (--max-pods) -1 must not be a negative number",
        mend: "sed -i 's/^maxPods: .*/maxPods: 110/'",
        why: "`maxPods: -1` does not mean *no limit*; a number of pods is not negative.",
      },
    ]),
  );
};
