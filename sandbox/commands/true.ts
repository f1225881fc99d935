// true and false: nothing, successfully or not.

import { defineCommand } from "./define.ts";

export const trueCommand = defineCommand({
  name: "true",
  summary: "Exit with a status code indicating success.",
  usage: ["[ignored command line arguments]", "OPTION"],
  *run() {
    return 0;
  },
});

export const falseCommand = defineCommand({
  name: "false",
  summary: "Exit with a status code indicating failure.",
  usage: ["[ignored command line arguments]", "OPTION"],
  *run() {
    return 1;
  },
});
