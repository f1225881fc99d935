// The kubelet of Kubernetes 1.36: its profile as a program.

import { createKubelet } from "../index.ts";
import { kubelet136 as profile } from "./profile.ts";

export const kubelet = createKubelet(profile);
