// A site that serves the package's files as a user's server would, and pages of the suite's shared browser.
import { resolve } from "node:path"
import { type Browser, chromium, type Page } from "@playwright/test"
import { afterAll, expect, inject, onTestFinished } from "vitest"
import { addTodo } from "../support/backend"
import { Site, type SiteOptions } from "../support/site"
import { folder } from "./user"

export { POLICY } from "../support/site"

interface UserSite extends Omit<SiteOptions, "files" | "backend"> {
  /** The site's root, by its path in the user's folder or a whole one. */
  at: string
}

/** Starts a site for the running test, and resolves with its address. */
export async function serve({ at, ...options }: UserSite): Promise<string> {
  const site = await Site.start({ ...options, files: resolve(folder, at), backend: inject("backendUrl") })
  onTestFinished(() => site.stop())
  return site.url
}

let browser: Promise<Browser> | undefined
afterAll(async () => (await browser)?.close())

export interface Opened {
  page: Page
  /** Uncaught errors, refusals of the policy, and what the console calls an error. */
  problems: string[]
  /** All that the console says. */
  output: string[]
}

/** A page of the browser that the suite shares. */
export async function open(url: string): Promise<Opened> {
  browser ??= chromium.connect(inject("browserEndpoint"))
  const context = await (await browser).newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const problems: string[] = []
  page.on("pageerror", (error) => problems.push(error.message))
  const output: string[] = []
  page.on("console", (message) => {
    const { url } = message.location()
    output.push(message.text())
    if (message.type() === "error" && !url.endsWith("/favicon.ico")) problems.push(`${message.text()} (${url})`)
  })
  await page.goto(url)
  return { page, problems, output }
}

/** Opens the README's example: it shows its own todo, and what another client adds. */
export async function expectExample(url: string): Promise<void> {
  const { page, problems } = await open(url)
  await page
    .waitForFunction(() => document.body.textContent?.includes("Milk"))
    .catch((error: Error) => {
      throw new Error(`${error.message}\n${problems.join("\n")}`)
    })
  const name = `Added ${Math.random()}`
  await addTodo(inject("backendUrl"), name)
  await page.waitForFunction((text) => document.body.textContent?.includes(text), name)
  expect(problems).toEqual([])
}
