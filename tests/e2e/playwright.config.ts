// The browser suite: the built page in the system's Chromium, against the real backend. Two workers, and no retries: a test
// that passes only sometimes is a failure. RACLETTE_E2E_JSON names a file for the results in JSON.
import { fileURLToPath } from "node:url"
import { defineConfig, type ReporterDescription } from "@playwright/test"
import { launchOptions } from "../support/chromium"
import { DEADLINE, TEST_TIMEOUT } from "../support/deadlines"

const json = process.env.RACLETTE_E2E_JSON
const reporters: ReporterDescription[] = [["list"]]
if (json) reporters.push(["json", { outputFile: json }])

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: fileURLToPath(new URL("../../build/e2e", import.meta.url)),
  reporter: reporters,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 2 * TEST_TIMEOUT,
  expect: { timeout: DEADLINE },
  use: {
    headless: true,
    trace: "off",
    launchOptions,
  },
})
