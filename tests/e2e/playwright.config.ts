// The browser suite: the built page in the system's Chromium, against the real backend. One worker and no retries:
// a test that passes only sometimes is a failure. RACLETTE_E2E_JSON names a file for the results in JSON.
import { fileURLToPath } from "node:url"
import { defineConfig, type ReporterDescription } from "@playwright/test"

const json = process.env.RACLETTE_E2E_JSON
const reporters: ReporterDescription[] = [["list"]]
if (json) reporters.push(["json", { outputFile: json }])

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: fileURLToPath(new URL("../../build/e2e", import.meta.url)),
  reporter: reporters,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  // Long enough for the longest pause between two attempts to reconnect.
  expect: { timeout: 15_000 },
  use: {
    headless: true,
    trace: "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A document that a test answers has no address, so Chromium would not let it speak to this machine.
        "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
      ],
    },
  },
})
