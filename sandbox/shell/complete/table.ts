// Completion of arguments by command, as the bash-completion package does it. Adding a command is one entry here.

import { isErrno } from "../../kernel/errno.ts";
import { SIGNALS } from "../../kernel/signal.ts";
import type { Shell } from "../state.ts";
import { actionWords, hostNames } from "./actions.ts";

/** What an argument may be. */
export interface Candidates {
  /** Words; without them, files. */
  readonly words?: readonly string[];
  readonly foldersOnly?: boolean;
  /** Files where no word fits. */
  readonly files?: boolean;
  readonly noSpace?: boolean;
  /** Where the text to be replaced begins, where that is not the word's start. */
  readonly base?: number;
}

export interface Place {
  readonly sh: Shell;
  readonly words: readonly string[];
  readonly cur: string;
  readonly prev: string;
  readonly start: number;
}

export type Completer = (place: Place) => Candidates | undefined;

const pick = (words: readonly string[], cur: string): string[] => words.filter((word) => word.startsWith(cur));
const split = (text: string): string[] => text.split(" ");

/** Arguments of a specification as the shell would read them. */
export function parseSpec(spec: string): string[] {
  return (spec.match(/'(?:[^']|'\\'')*'|\S+/g) ?? []).map((word) =>
    word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word,
  );
}

/** Options where the word begins with a dash, files otherwise. */
function options(list: string, others?: Completer): Completer {
  const all = split(list);
  return (place) => {
    if (place.cur.startsWith("-")) return { words: pick(all, place.cur) };
    return others?.(place);
  };
}

const UNIT_FOLDERS = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"];

/** Units by their files. */
function units(sh: Shell, cur: string): string[] {
  const names = new Set<string>();
  for (const folder of UNIT_FOLDERS) {
    const entries = sh.sys.readdir(folder);
    if (isErrno(entries)) continue;
    for (const entry of entries)
      if (/\.(service|socket|target|timer|mount|path|slice|scope|automount|swap)$/.test(entry.name))
        names.add(entry.name);
  }
  return pick([...names], cur);
}

const VERBS = split(
  "add-requires add-wants bind cancel cat clean condreload condrestart condstop daemon-reexec daemon-reload default disable edit emergency enable exit force-reload freeze get-default halt help hibernate hybrid-sleep import-environment is-active is-enabled is-failed is-system-running isolate kexec kill link list-automounts list-dependencies list-jobs list-machines list-paths list-sockets list-timers list-unit-files list-units log-level log-target mask mount-image poweroff preset preset-all reboot reenable reload reload-or-restart rescue reset-failed restart revert service-log-level service-log-target service-watchdogs set-default set-environment set-property show show-environment soft-reboot start status stop suspend suspend-then-hibernate switch-root thaw try-reload-or-restart try-restart unmask unset-environment whoami",
);
const UNIT_VERBS = new Set(
  split(
    "start stop restart reload status show cat edit enable disable mask unmask is-active is-enabled is-failed kill try-restart reload-or-restart try-reload-or-restart reset-failed reenable preset list-dependencies condrestart force-reload help isolate revert set-property clean freeze thaw",
  ),
);
const SYSTEMCTL_OPTIONS =
  "--after --all --before --boot-loader-entry= --boot-loader-menu= --check-inhibitors= --dry-run --failed --firmware-setup --force --full --global --help --host --image= --job-mode= --kill-value= --kill-whom= --legend= --lines= --machine --marked --no-ask-password --no-block --no-legend --no-pager --no-reload --no-wall --now --output= --plain --preset-mode= --property --quiet --read-only --recursive --reverse --root= --runtime --show-transaction --show-types --signal --state= --stdin --system --type --user --value --version --wait --with-dependencies -a -f -H -h -i -l -M -n -o -P -p -q -r -s -t";

const systemctl: Completer = (place) => {
  const { sh, cur, prev, words } = place;
  if (cur.startsWith("-")) return { words: pick(split(SYSTEMCTL_OPTIONS), cur), noSpace: false };
  if (prev === "-t" || prev === "--type")
    return { words: pick(split("automount mount path scope service slice socket swap target timer"), cur) };
  const verb = words.slice(1, -1).find((word) => !word.startsWith("-"));
  if (verb === undefined) return { words: pick(VERBS, cur) };
  return { words: UNIT_VERBS.has(verb) ? units(sh, cur) : [] };
};

const JOURNALCTL_OPTIONS =
  "--after-cursor= --all --boot --case-sensitive= --catalog --cursor= --cursor-file= --directory= --disk-usage --dmesg --dump-catalog --facility= --field --fields --file= --flush --follow --force --full --grep= --header --help --identifier --image= --interval= --invocation= --lines --list-boots --list-catalog --list-invocations --list-namespaces --local --machine= --merge --namespace= --new-id128 --no-full --no-hostname --no-pager --no-tail --output --output-fields= --pager-end --priority --quiet --relinquish-var --reverse --root= --rotate --setup-keys --show-cursor --since --smart-relinquish-var --sync --system --truncate-newline --unit --until --update-catalog --user --user-unit --utc --vacuum-files= --vacuum-size= --vacuum-time= --verify --verify-key= --version -D -F -M -N -S -U -a -b -c -e -f -g -h -i -k -l -m -n -o -p -q -r -t -u -x";

const journalctl: Completer = ({ sh, cur, prev }) => {
  if (/^-\w*u$/.test(prev) || prev === "--unit") return { words: units(sh, cur) };
  if (/^-\w*p$/.test(prev) || prev === "--priority")
    return { words: pick(split("alert crit debug emerg err info notice warning"), cur) };
  if (/^-\w*o$/.test(prev) || prev === "--output")
    return {
      words: pick(
        split(
          "short short-full short-iso short-iso-precise short-precise short-monotonic short-delta short-unix verbose export json json-pretty json-sse json-seq cat with-unit",
        ),
        cur,
      ),
    };
  if (cur.startsWith("-")) return { words: pick(split(JOURNALCTL_OPTIONS), cur) };
  return { words: [], files: true };
};

const CURL_OPTIONS =
  "--abstract-unix-socket --anyauth --basic --ca-native --cacert --capath --cert --cert-status --cert-type --ciphers --compressed --config --connect-timeout --connect-to --cookie --cookie-jar --create-dirs --crlf --crlfile --data --data-ascii --data-binary --data-raw --data-urlencode --digest --disable --dump-header --fail --fail-early --fail-with-body --form --form-string --get --globoff --haproxy-protocol --head --header --help --http0.9 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --include --insecure --interface --ipv4 --ipv6 --json --junk-session-cookies --keepalive-time --key --key-type --limit-rate --list-only --location --location-trusted --manual --max-filesize --max-redirs --max-time --negotiate --netrc --no-buffer --no-keepalive --no-progress-meter --no-sessionid --noproxy --oauth2-bearer --output --output-dir --parallel --pass --path-as-is --pinnedpubkey --post301 --progress-bar --proto --proxy --proxy-cacert --proxy-cert --proxy-insecure --proxy-key --pubkey --quote --range --rate --referer --remote-header-name --remote-name --remote-name-all --remote-time --request --request-target --resolve --retry --retry-all-errors --retry-connrefused --retry-delay --retry-max-time --show-error --silent --socks5 --speed-limit --speed-time --ssl --ssl-reqd --stderr --styled-output --tcp-fastopen --tcp-nodelay --tls-max --tls13-ciphers --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 --trace --trace-ascii --trace-time --unix-socket --upload-file --url --user --user-agent --variable --verbose --version --write-out";

/** Options of an `openssl` subcommand people complete. */
const OPENSSL: Readonly<Record<string, string>> = {
  x509: "-in -inform -out -outform -noout -text -subject -issuer -dates -startdate -enddate -serial -fingerprint -modulus -pubkey -checkend -checkhost -checkip -req -CA -CAkey -CAcreateserial -CAserial -days -extfile -extensions -copy_extensions -set_serial -sha256 -nameopt -ext -purpose -email -hash -key -signkey -subj -new",
  req: "-in -inform -out -outform -new -newkey -nodes -noenc -key -keyout -keyform -subj -x509 -days -text -noout -verify -addext -config -extensions -batch -pubkey -subject -sha256",
  genrsa: "-out -traditional -aes256 -passout -verbose",
  rsa: "-in -out -text -noout -check -pubout -pubin -modulus -inform -outform -passin -passout",
  verify:
    "-CAfile -CApath -untrusted -trusted -purpose -verbose -partial_chain -x509_strict -verify_hostname -verify_ip -attime -no_check_time",
  s_client:
    "-connect -servername -showcerts -CAfile -CApath -cert -key -tls1 -tls1_1 -tls1_2 -tls1_3 -cipher -ciphersuites -brief -quiet -verify_return_error -verify -alpn -status -starttls",
};

const openssl: Completer = ({ words, cur }) => {
  if (words.length === 2)
    return {
      words: pick(
        split(
          "asn1parse ca ciphers cms crl crl2pkcs7 dgst dhparam dsa ec ecparam enc errstr genpkey genrsa help info list mac nseq ocsp passwd pkcs12 pkcs7 pkcs8 pkey pkeyparam pkeyutl prime rand rehash req rsa rsautl s_client s_server s_time sess_id smime speed spkac srp storeutl ts verify version x509",
        ),
        cur,
      ),
    };
  const list = OPENSSL[words[1] ?? ""];
  if (cur.startsWith("-") && list !== undefined) return { words: pick(split(list), cur) };
  return undefined;
};

const IP_OBJECTS = split(
  "addr addrlabel help fou l2tp link macsec maddr monitor mptcp mroute mrule neigh netconf netns nexthop ntable ntbl route rule sr stats tap tcpmetrics token tunnel tuntap vrf xfrm",
);

const kill: Completer = ({ sh, cur }) => {
  if (cur.startsWith("-"))
    return {
      words: pick(
        Object.keys(SIGNALS).map((name) => `-${name.slice(3)}`),
        cur,
      ),
    };
  if (cur.startsWith("%")) return { words: [] };
  return {
    words: pick(
      sh.sys.processes().map((process) => String(process.pid)),
      cur,
    ),
  };
};

const processNames: Completer = ({ sh, cur }) =>
  cur.startsWith("-")
    ? undefined
    : {
        words: pick(
          sh.sys.processes().map((process) => process.comm),
          cur,
        ),
      };

const hosts: Completer = ({ sh, cur }) => {
  if (cur.startsWith("-")) return undefined;
  return {
    words: pick(
      [
        ...hostNames(sh).filter((name) => !/^\d+\./.test(name)),
        ".host",
        "machine/",
        "machine/.host",
        "unix/",
        "vsock/",
      ],
      cur,
    ),
  };
};

const folders: Completer = () => ({ foldersOnly: true });

const KUBECTL = split(
  "annotate api-resources api-versions apply attach auth autoscale certificate cluster-info completion config cordon cp create debug delete describe diff drain edit events exec explain expose get help kustomize label logs options patch plugin port-forward proxy replace rollout run scale set taint top uncordon version wait",
);
const RESOURCES = split(
  "certificatesigningrequests clusterrolebindings clusterroles configmaps cronjobs daemonsets deployments endpoints events ingresses jobs leases namespaces networkpolicies nodes persistentvolumeclaims persistentvolumes pods replicasets rolebindings roles secrets serviceaccounts services statefulsets",
);

const GREP =
  "--after-context --basic-regexp --before-context --binary --binary-files --byte-offset --color --colour --context --count --dereference-recursive --devices --directories --exclude --exclude-dir --exclude-from --extended-regexp --file --files-with-matches --files-without-match --fixed-strings --help --ignore-case --include --initial-tab --invert-match --label --line-buffered --line-number --line-regexp --max-count --no-filename --no-ignore-case --no-messages --null --null-data --only-matching --perl-regexp --quiet --recursive --regexp --silent --text --version --with-filename --word-regexp";
const LS =
  "--all --almost-all --author --block-size --classify --color --context --dereference --dereference-command-line --directory --dired --escape --file-type --format --full-time --group-directories-first --help --hide --human-readable --hyperlink --ignore --ignore-backups --indicator-style --inode --kibibytes --literal --no-group --numeric-uid-gid --quote-name --quoting-style --recursive --reverse --show-control-chars --si --size --sort --tabsize --time --time-style --version --width --zero";

/** Completers by command. */
export const completers: Readonly<Record<string, Completer>> = {
  systemctl,
  journalctl,
  curl: options(CURL_OPTIONS),
  openssl,
  kill,
  pkill: processNames,
  pgrep: processNames,
  killall: processNames,
  ssh: hosts,
  ping: hosts,
  cd: folders,
  pushd: folders,
  rmdir: folders,
  mkdir: folders,
  grep: options(GREP),
  ls: options(LS),
  ip: ({ words, cur }) =>
    words.filter((word) => !word.startsWith("-")).length <= 2 && !cur.startsWith("-")
      ? { words: pick(IP_OBJECTS, cur) }
      : undefined,
  service: ({ sh, words, cur }) =>
    words.length === 2
      ? {
          words: units(sh, cur)
            .filter((name) => name.endsWith(".service"))
            .map((name) => name.slice(0, -8)),
        }
      : { words: pick(split("start stop restart reload force-reload status"), cur) },
  kubectl: ({ words, cur }) => {
    if (words.length === 2) return { words: pick(KUBECTL, cur) };
    if (words.length === 3 && /^(get|describe|delete|edit|explain|label|annotate|patch|scale)$/.test(words[1] ?? ""))
      return { words: pick(RESOURCES, cur) };
    return { words: [], files: true };
  },
  chown: ({ sh, words, cur }) =>
    words.length === 2 && !cur.startsWith("-") ? { words: actionWords(sh, "user", cur), files: true } : undefined,
  su: ({ sh, cur }) => (cur.startsWith("-") ? undefined : { words: actionWords(sh, "user", cur) }),
  id: ({ sh, cur }) => (cur.startsWith("-") ? undefined : { words: actionWords(sh, "user", cur) }),
  export: ({ sh, cur }) => ({ words: actionWords(sh, "variable", cur) }),
  unset: ({ sh, cur }) => ({ words: actionWords(sh, "variable", cur) }),
  declare: ({ sh, cur }) => ({ words: actionWords(sh, "variable", cur) }),
  alias: ({ sh, cur }) => ({ words: actionWords(sh, "alias", cur) }),
  unalias: ({ sh, cur }) => ({ words: actionWords(sh, "alias", cur) }),
  type: ({ sh, cur }) => ({ words: actionWords(sh, "command", cur) }),
  which: ({ sh, cur }) => ({ words: actionWords(sh, "command", cur) }),
  man: ({ sh, cur }) => ({ words: actionWords(sh, "command", cur) }),
  trap: ({ sh, cur }) => ({ words: actionWords(sh, "signal", cur) }),
};
