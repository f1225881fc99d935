// Where a kubelet's settings are decided, how a predecessor puts one there, how it is taken away again, and the wrong ways that fit everywhere.

import type { Setup } from "#sandbox/scene.ts";
import type { Lines, WrongWay } from "./drill.ts";
import type { Random } from "./random.ts";

export const CONFIG = "/var/lib/kubelet/config.yaml";
export const EXTRA = "/etc/default/kubelet";
export const KUBEADM_ENV = "/var/lib/kubelet/kubeadm-flags.env";
/** Folder of the administrator's own drop-ins. */
export const DROP_INS = "/etc/systemd/system/kubelet.service.d";
export const RELOAD = "systemctl daemon-reload";
export const RESTART = "systemctl restart kubelet";

export const pickNode = (random: Random): "node01" | "node02" => random.pick(["node01", "node02"]);

/** A setting with the names it goes by. */
export interface Setting {
  /** Field of KubeletConfiguration. */
  readonly field: string;
  readonly flag: string;
  /** Command line that makes the file say a value. */
  inFile(value: string): string;
}

export const anonymous: Setting = {
  field: "authentication.anonymous.enabled",
  flag: "--anonymous-auth",
  inFile: (value) => `sed -i '/anonymous:/,/enabled:/s/enabled: .*/enabled: ${value}/' ${CONFIG}`,
};

export const tokenWebhook: Setting = {
  field: "authentication.webhook.enabled",
  flag: "--authentication-token-webhook",
  inFile: (value) => `sed -i '/^  webhook:/,/enabled:/s/enabled: .*/enabled: ${value}/' ${CONFIG}`,
};

export const authorizationMode: Setting = {
  field: "authorization.mode",
  flag: "--authorization-mode",
  inFile: (value) => `sed -i 's/^  mode: .*/  mode: ${value}/' ${CONFIG}`,
};

/** A field at the left edge that the file does not have yet. */
export function newField(field: string, flag: string): Setting {
  return { field, flag, inFile: (value) => `echo '${field}: ${value}' >> ${CONFIG}` };
}

/** A field at the left edge that the file has. */
export function oldField(field: string, flag: string): Setting {
  return { field, flag, inFile: (value) => `sed -i 's/^${field}: .*/${field}: ${value}/' ${CONFIG}` };
}

/** Where a setting is decided: the file, one of two environment files, or a drop-in of the unit. */
export type PlaceName = "file" | "extra" | "kubeadm" | "drop-in";

/** A value put where it decides. */
export interface Placed {
  /** Puts it there; the restart is not part of it. */
  readonly setup: Setup;
  /** Takes it away again, or puts it right where the file decides; with what systemd must be told, without the restart. */
  readonly mend: Lines;
  /** Makes a flag of another value out of it; undefined where the file decides. */
  readonly change: Lines | undefined;
  /** In words, to begin a sentence with. */
  readonly words: string;
}

/** Names of people's drop-ins. */
const NAMES = ["tuning", "local", "debug", "override", "extra", "rescue", "notes"] as const;

/** Puts a bad value of a setting into a place. `good` is what mending writes where the place is the file. */
export function placeSetting(
  random: Random,
  place: PlaceName,
  host: string,
  { flag, field, inFile }: Setting,
  bad: string,
  good: string,
): Placed {
  const word = `${flag}=${bad}`;
  const other = `${flag}=${good}`;
  const inEnvironment = (path: string, variable: string, quoted: boolean): Placed => ({
    setup: [{ on: host, path, content: `${variable}=${quoted ? `"${word}"` : word}\n` }],
    mend: [`sed -i 's/${word}//' ${path}`],
    change: [`sed -i 's/${word}/${other}/' ${path}`],
    words: `\`${word}\` in ${path} decided it, and a flag goes over the file`,
  });
  switch (place) {
    case "file":
      return {
        setup: [{ on: host, run: inFile(bad) }],
        mend: [inFile(good)],
        change: undefined,
        words: `\`${field}\` was \`${bad}\` in the file that \`--config\` names`,
      };
    case "extra":
      return inEnvironment(EXTRA, "KUBELET_EXTRA_ARGS", false);
    case "kubeadm":
      return inEnvironment(KUBEADM_ENV, "KUBELET_KUBEADM_ARGS", true);
    case "drop-in": {
      const path = `${DROP_INS}/${random.between(2, 9)}0-${random.pick(NAMES)}.conf`;
      const content = `[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=${CONFIG} ${word}"\n`;
      return {
        setup: [
          { on: host, path, content },
          { on: host, run: RELOAD },
        ],
        mend: [`rm ${path}`, RELOAD],
        change: [`sed -i 's/${word}/${other}/' ${path}`, RELOAD],
        words: `\`${word}\` in the drop-in ${path} decided it, and a flag goes over the file`,
      };
    }
  }
}

/** A setup that ends with a kubelet that runs with it. */
export function restarted(host: string, setup: Setup): Setup {
  return [...setup, { on: host, run: RESTART }, { wait: 5 }];
}

// --- wrong ways that fit nearly everywhere ---

export const stopped: WrongWay = {
  name: "stopped",
  lines: ["systemctl stop kubelet"],
  fails: "ship-healthy",
  misconception: "stopped-instead-of-locked",
};

export const portClosed: WrongWay = {
  name: "port closed to everybody",
  lines: ["iptables -A INPUT -p tcp --dport 10250 -j DROP"],
  fails: "pilot-logs",
  misconception: "closed-instead-of-locked",
};

export function boundToLoopback(before: Lines): WrongWay {
  return {
    name: "bound to localhost",
    lines: [...before, `echo 'address: 127.0.0.1' >> ${CONFIG}`, RESTART],
    fails: "pilot-logs",
    misconception: "closed-instead-of-locked",
  };
}

/** The client CA goes along with what was to go. */
export function caDropped(before: Lines): WrongWay {
  return {
    name: "client CA taken away as well",
    lines: [...before, `sed -i '/clientCAFile/d' ${CONFIG}`, RESTART],
    fails: "pilot-logs",
    misconception: "ca-missing",
  };
}

/** Everything right, and the restart forgotten. */
export function notRestarted(mend: Lines, fails: string): WrongWay {
  return { name: "not restarted", lines: mend, fails, misconception: "forgot-restart" };
}
