import { expect, it } from "vitest";
import { KUBELET_UNITS } from "../images/units.ts";
import { effectiveCommand } from "./effective.ts";
import type { FileView } from "./file-view.ts";

const FACTS = { hostname: "node01", machineId: "0", bootId: "0", kernel: "6.12", architecture: "x86_64" };

/** A disk that holds these files and nothing else. */
function viewOfFiles(files: Readonly<Record<string, string>>): FileView {
  const folders = new Set(
    Object.keys(files).flatMap((path) =>
      path
        .split("/")
        .slice(1, -1)
        .map((_, i, parts) => `/${parts.slice(0, i + 1).join("/")}`),
    ),
  );
  return {
    read: (path) => files[path],
    list(path) {
      if (!folders.has(path)) return undefined;
      const names = [...Object.keys(files), ...folders].filter((each) => each.startsWith(`${path}/`));
      return [...new Set(names.map((each) => each.slice(path.length + 1).split("/")[0] as string))].sort();
    },
    stat: (path) =>
      files[path] !== undefined
        ? { type: "file", size: files[path].length, mtime: 0 }
        : folders.has(path)
          ? { type: "directory", size: 0, mtime: 0 }
          : undefined,
    link: () => undefined,
    resolve: (path) => (files[path] !== undefined || folders.has(path) ? path : undefined),
  };
}

const FLAGS = 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=pause:3.10 --v=2"\n';

it("tells where each word of the kubelet's command comes from", () => {
  const view = viewOfFiles({
    ...KUBELET_UNITS.files,
    "/var/lib/kubelet/kubeadm-flags.env": FLAGS,
    "/etc/systemd/system/kubelet.service.d/20-lab.conf":
      "[Service]\nEnvironment=KUBELET_EXTRA_ARGS=--anonymous-auth=true\n",
  });
  const command = effectiveCommand(view, "kubelet.service", FACTS);
  expect(command?.path).toBe("/usr/bin/kubelet");
  const last = command?.words.slice(-2);
  expect(last).toMatchObject([
    {
      word: "--v=2",
      variable: { name: "KUBELET_KUBEADM_ARGS", from: { file: "/var/lib/kubelet/kubeadm-flags.env", line: 1 } },
    },
    {
      word: "--anonymous-auth=true",
      from: { file: "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf" },
      variable: {
        name: "KUBELET_EXTRA_ARGS",
        from: { file: "/etc/systemd/system/kubelet.service.d/20-lab.conf", line: 2 },
      },
    },
  ]);
});

it("lets an environment file win over Environment=, and knows a file in /etc for its namesake", () => {
  const view = viewOfFiles({
    ...KUBELET_UNITS.files,
    "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--v=9\n",
    "/etc/systemd/system/kubelet.service.d/20-lab.conf": "[Service]\nEnvironment=KUBELET_EXTRA_ARGS=--v=1\n",
    "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf":
      "[Service]\nEnvironmentFile=-/etc/default/kubelet\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_EXTRA_ARGS\n",
  });
  const command = effectiveCommand(view, "kubelet.service", FACTS);
  expect(command?.words.map(({ word }) => word)).toEqual(["/usr/bin/kubelet", "--v=9"]);
});

it("names the environment files that are missing", () => {
  const view = viewOfFiles({
    "/etc/systemd/system/a.service":
      "[Service]\nEnvironmentFile=/etc/a\nEnvironmentFile=-/etc/b\nExecStart=/bin/a $X\n",
  });
  expect(effectiveCommand(view, "a.service", FACTS)).toMatchObject({ missingFiles: ["/etc/a"], unsetVariables: ["X"] });
});
