// The kubelet of Kubernetes 1.36: its profile with its own tables.

import { createKubelet } from "../index.ts";
import { cadvisor, metrics } from "./metrics-136.ts";
import { kubelet136 as profile } from "./profile.ts";

export const kubelet = createKubelet(profile, { metrics, cadvisor });
