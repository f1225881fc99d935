// Three projects: everything that runs in Node, the hub under load and faults, and the browser tests over the built site. KC_LONG=1 runs the long forms.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["sandbox/**/*.test.ts", "src/**/*.test.ts", "lessons/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/hub/**", "**/node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "hub",
          include: ["test/hub/**/*.test.ts"],
          // Loads and crashes are measured: one at a time.
          fileParallelism: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/e2e/support/site.ts",
          // Two files side by side: a page waits more than it works.
          maxWorkers: 2,
          // A browser on a busy machine may miss a moment; what is broken fails twice.
          retry: 1,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
