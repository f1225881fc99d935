// The kubelet of Kubernetes 1.20: its profile with its own tables.

import { createKubelet } from "../index.ts";
import { cadvisor, metrics } from "./metrics-120.ts";
import { kubelet120 as profile } from "./profile.ts";

export const kubelet = createKubelet(profile, { metrics, cadvisor });
