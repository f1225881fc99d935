// Four faults in one node, found from its journal and from what callers get.

import { incidentTemplate } from "../_kit/incident.ts";

export const template = incidentTemplate(4);
