// What each part of the voyage is about, for its page: the question, the attack it begins with, and what holds at its end.

export interface PartText {
  readonly about: string;
  /** What a stranger can do before it. */
  readonly before: string;
  /** What holds after it. */
  readonly after: string;
}

export const partTexts: Readonly<Record<string, PartText>> = {
  "sign-on": {
    about:
      "What a kubelet is, where its settings come from, and how a node comes to have one. You look before you touch anything.",
    before: "You cannot tell a guarded node from an open one.",
    after: "You find any kubelet’s settings, and say which of flag, file and default decided each.",
  },
  pirates: {
    about: "The other side. From a machine without credentials you call an open kubelet and see what it gives away.",
    before: "Pods, logs, settings and a shell in every container, for anybody on the network.",
    after: "You know what you are going to close, and how to tell that it is closed.",
  },
  "who-goes-there": {
    about: "Authentication: nobody, a certificate, a token. Who calls, and how the kubelet can know.",
    before: "Who shows nothing is let in, and a made-up token is as good as a real one.",
    after: "Strangers get 401. Certificates and tokens are checked, and you can tell why one was refused.",
  },
  "by-whose-order": {
    about:
      "Authorization: to be known is not enough. The kubelet asks the API server, and the answer is a right you gave.",
    before: "Every caller with a name may do everything, and port 10255 asks for no name at all.",
    after: "Callers have the rights they need and get 403 for the rest. The unguarded port is shut.",
  },
  "sealed-dispatches": {
    about:
      "TLS in both directions: what the kubelet shows, how long it lasts, and who can reach the port in the first place.",
    before:
      "Everybody types -k, so nobody would notice somebody in the middle; and one day the certificate has run out.",
    after: "Callers verify the kubelet, certificates renew themselves, and the ports are open to those who need them.",
  },
  "ship-shape": {
    about:
      "Everything around the port: files and keys, the rights of nodes, what pods may be, the audit log, reserves, upgrades.",
    before: "Whoever comes onto one node takes its key and goes on from there.",
    after: "A stolen node is a stolen node and not a stolen cluster, and you would read about it in the log.",
  },
  inspection: {
    about: "The report of a tool, read as one reads a report; and a ship on which everything is open at once.",
    before: "A clean report and an open hatch.",
    after: "You know what a benchmark sees and what only a caller can tell.",
  },
};
