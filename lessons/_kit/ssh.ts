// The harbour master's way to the ships: an SSH key on the controlplane, and the permission for it on a node. Known to everybody.

import type { SceneFile } from "#sandbox/scene.ts";

type Files = Readonly<Record<string, SceneFile>>;

/** On the controlplane: the key, and no question about hosts that are new. */
export const harbourMaster: Files = {
  "/root/.ssh/id_ed25519": {
    mode: 0o600,
    content: `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACDSI259n4GkBMenBWQ/poodlkWl5fVLeVvHppFYgP0gFwAAAJjo3zxQ6N88
UAAAAAtzc2gtZWQyNTUxOQAAACDSI259n4GkBMenBWQ/poodlkWl5fVLeVvHppFYgP0gFw
AAAEB04rxh0RLYSzP9gRiee8t4E0UesLBTQesC34o9+bhnMdIjbn2fgaQEx6cFZD+mih2W
RaXl9Ut5W8emkViA/SAXAAAADmhhcmJvdXItbWFzdGVyAQIDBAUGBw==
-----END OPENSSH PRIVATE KEY-----
`,
  },
  "/root/.ssh/config": { mode: 0o600, content: "Host *\n  StrictHostKeyChecking accept-new\n" },
};

/** On a node: root may come in with that key. */
export const harbourMasterWelcome: Files = {
  "/root/.ssh/authorized_keys": {
    mode: 0o600,
    content: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIjbn2fgaQEx6cFZD+mih2WRaXl9Ut5W8emkViA/SAX harbour-master
`,
  },
};
