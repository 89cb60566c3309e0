// The site of the documentation as `npm run docs` built it, in the system's Chromium: `npm run test:docs`.
import { fileURLToPath } from "node:url"
import { defineConfig } from "@playwright/test"
import { launchOptions } from "../support/chromium"

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: fileURLToPath(new URL("../../build/docs-test", import.meta.url)),
  reporter: [["list"]],
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: { headless: true, trace: "off", launchOptions },
})
