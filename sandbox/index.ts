// The one door of the sandbox for those outside: fleets, programs, scenes.

export { copyState, Fleet, type FleetState, type Terminal } from "./fleet.ts";
export { bootScene } from "./images/index.ts";
export { Programs } from "./programs.ts";
export type { Scene, SceneFile, SceneMachine, Setup, SetupStep } from "./scene.ts";
