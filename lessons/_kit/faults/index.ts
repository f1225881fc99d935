// Every fault that an incident may draw from.

import type { FaultMaker } from "../fault.ts";
import { badYaml, fileGone, invalidValue, wrongKind, wrongType } from "./config.ts";
import { flagValue, removedFlag, unknownFlag, wrongName } from "./flags.ts";
import {
  everythingAllowed,
  manifestFolder,
  plainPort,
  serverAddress,
  strangersIn,
  wallInward,
  wallOutward,
} from "./link.ts";
import {
  authorizationMode,
  cipherName,
  clientCa,
  clientLink,
  kernelDefaults,
  kubeconfigPath,
  portTaken,
  reservation,
  runtimeSocket,
  servingPair,
} from "./start.ts";
import { containerdOff, dropInTrap, kubeletOff, twoCommands, wrongProgram } from "./unit.ts";

export const faults: readonly FaultMaker[] = [
  kubeletOff,
  twoCommands,
  dropInTrap,
  wrongProgram,
  containerdOff,
  removedFlag,
  unknownFlag,
  flagValue,
  wrongName,
  fileGone,
  badYaml,
  wrongKind,
  wrongType,
  invalidValue,
  cipherName,
  kubeconfigPath,
  clientLink,
  clientCa,
  authorizationMode,
  runtimeSocket,
  reservation,
  servingPair,
  portTaken,
  kernelDefaults,
  serverAddress,
  wallOutward,
  manifestFolder,
  wallInward,
  strangersIn,
  everythingAllowed,
  plainPort,
];
