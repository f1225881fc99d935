// The kubelet of Kubernetes 1.20: its profile as a program.

import { createKubelet } from "../index.ts";
import { kubelet120 as profile } from "./profile.ts";

export const kubelet = createKubelet(profile);
