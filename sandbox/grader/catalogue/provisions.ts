// Misconceptions about limits and the kernel's settings: what zero means, who sets what, and how long it lasts.

import { contentOf, failureHas, type Misconception, stdoutOf, valueIn } from "./reading.ts";

export const provisions: readonly Misconception[] = [
  {
    id: "protect-sets",
    title: "protectKernelDefaults sets the kernel’s values",
    explanation:
      "With it the kubelet changes nothing and checks: a kernel that is not as it wants keeps it from starting. Without it the kubelet sets the values itself, and says nothing.",
    recognise: (evidence) =>
      evidence.failed.has("ship-healthy") &&
      valueIn(evidence.saved, "protectKernelDefaults") === true &&
      /invalid kernel flag/.test(stdoutOf(evidence, "after-reboot")),
  },
  {
    id: "live-only",
    title: "What sysctl sets is set",
    explanation:
      "`sysctl -w` changes the running kernel, and a reboot forgets it. What should last stands in a file below /etc/sysctl.d.",
    recognise: (evidence) =>
      evidence.failed.has("after-reboot") &&
      !evidence.failed.has("ship-healthy") &&
      evidence.history.some((line) => /\bsysctl (-q?w|--write)/.test(line)) &&
      !evidence.history.some((line) => /\/etc\/sysctl/.test(line)),
  },
  {
    id: "earlier-file-wins",
    title: "My file counts, whatever else lies there",
    explanation:
      "The files below /etc/sysctl.d are read in the order of their names, and the last one that says something decides. `99-` comes after `90-`.",
    recognise: (evidence) =>
      /invalid kernel flag/.test(stdoutOf(evidence, "after-reboot")) &&
      evidence.history.some((line) => /> *\/etc\/sysctl\.(d\/[0-8]|d\/9[0-8]|conf)/.test(line)),
  },
  {
    id: "kubelet-may-tune",
    title: "Right today is right",
    explanation:
      "Unless `protectKernelDefaults` is true the kubelet writes the kernel’s settings at each start, so nobody notices that the files are wrong. With it a mistake shows at once.",
    recognise: (evidence) =>
      evidence.failed.has("kernel-protected") &&
      evidence.running !== undefined &&
      valueIn(evidence.saved, "protectKernelDefaults") !== true,
  },
  {
    id: "zero-is-off",
    title: "0s is the shortest time",
    explanation:
      "In this file a duration of 0s stands for the default, and here that is four hours. kubeadm writes many of them; each says that nobody chose.",
    recognise: (evidence) =>
      evidence.failed.has("idle-ends") &&
      !failureHas(evidence, /./) &&
      valueIn(evidence.saved, "streamingConnectionIdleTimeout") === "4h0m0s",
  },
  {
    id: "zero-is-none",
    title: "A rate of 0 sends nothing",
    explanation:
      "`eventRecordQPS: 0` takes the limit away, so a pod that fails in a loop can flood the API server. The default is 50 a second.",
    recognise: (evidence) => evidence.failed.has("events-limited") && valueIn(evidence.running, "eventRecordQPS") === 0,
  },
  {
    id: "one-reservation",
    title: "kubeReserved covers the machine",
    explanation:
      "`kubeReserved` is for the kubelet and the container runtime, `systemReserved` for the rest of the machine, and both are taken off what pods may have. Either one alone keeps half.",
    recognise: (evidence) => {
      const kept = Number(evidence.observed.get("kept-back")?.keptMemory ?? 0);
      return evidence.failed.has("kept-back") && kept > 100 && kept < 612;
    },
  },
  {
    id: "memory-alone",
    title: "Only memory runs out",
    explanation:
      "A kubelet that gets no processor time reports nothing, and the harbour takes the ship for lost. Both reservations have a `cpu`, as well.",
    recognise: (evidence) => {
      const { keptMemory = 0, keptCpu = 0 } = evidence.observed.get("kept-back") ?? {};
      return evidence.failed.has("kept-back") && Number(keptMemory) >= 612 && Number(keptCpu) < 200;
    },
  },
  {
    id: "heading-counted",
    title: "wc counts processes",
    explanation:
      "`wc -l` counts lines, and the first line of ps is a heading. `--no-headers` leaves it out, `pgrep -c` counts without it.",
    recognise: (evidence) => /^61$/m.test(contentOf(evidence, "flood-noted")),
  },
];
