// WebKit: WebKitGTK's MiniBrowser on a virtual screen, driven by WebDriver. There is one session with a current window,
// so commands run one after the other. All windows share their data: users are separate because each window has its own
// sessionStorage, and tests because each backend has its own port.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { Builder, Key, type WebDriver, type WebElement } from "selenium-webdriver"
import { freePort } from "../support/backend"
import { type Browser, type BrowserPage, controlCalled, until } from "./browser"

/** Starts the virtual screen, the driver and the browser, which end together. */
export async function webkit(): Promise<Browser> {
  const processes: ChildProcess[] = []
  const end = async () => {
    for (const child of processes.reverse()) await endProcess(child)
  }
  try {
    const screen = spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"])
    processes.push(screen)
    const display = String((await once(screen.stdout, "data"))[0]).trim()
    const port = await freePort()
    const env = { ...process.env, DISPLAY: `:${display}`, NO_AT_BRIDGE: "1", ...asRoot }
    processes.push(spawn("WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" }))
    const driver = await until("session of WebKitWebDriver", () => connect(`http://127.0.0.1:${port}`))
    const windows = new Windows(driver, await driver.getWindowHandle())
    return {
      version: await versionOf(driver),
      keepsPages: true,
      open: () => windows.open(),
      async close() {
        await driver.quit().finally(end)
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** WebKit's sandbox does not work for root. */
const asRoot = process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, "exit")
}

/** Debian's path of the browser, which contains the machine's architecture and a version. */
function browserProgram(): string {
  const found = readdirSync("/usr/lib")
    .filter((name) => name.endsWith("-linux-gnu"))
    .flatMap((folder) =>
      readdirSync(join("/usr/lib", folder)).map((name) => join("/usr/lib", folder, name, "MiniBrowser")),
    )
    .find((file) => existsSync(file))
  if (!found) throw new Error("WebKitGTK's MiniBrowser is missing. Install Debian's package webkit2gtk-driver.")
  return found
}

/** Creates a session of the driver at `url`; undefined while the driver does not listen. */
async function connect(url: string): Promise<WebDriver | undefined> {
  const status = await fetch(`${url}/status`).catch(() => undefined)
  if (!status?.ok) return undefined
  return new Builder()
    .usingServer(url)
    .withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: browserProgram(), args: ["--automation"] },
    })
    .build()
}

async function versionOf(driver: WebDriver): Promise<string> {
  const capabilities = await driver.getCapabilities()
  return `WebKitGTK/${capabilities.getBrowserVersion()}`
}

class Windows {
  readonly #driver: WebDriver
  /** The first window. It stays open, since the session ends with its last window. */
  readonly #first: string
  #turn: Promise<unknown> = Promise.resolve()

  constructor(driver: WebDriver, first: string) {
    this.#driver = driver
    this.#first = first
  }

  open(): Promise<BrowserPage> {
    return this.take(this.#first, async (driver) => {
      await driver.switchTo().newWindow("window")
      return new WebKitPage(this, await driver.getWindowHandle())
    })
  }

  /** Runs `work` in `window`, after all earlier work. */
  take<T>(window: string, work: (driver: WebDriver) => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      await this.#driver.switchTo().window(window)
      return work(this.#driver)
    })
    this.#turn = done.catch(() => {})
    return done
  }
}

/** Calls the function whose source precedes it, and passes its result to the driver. */
const CALL = `const [args, done] = arguments
  Promise.resolve().then(() => look(...args)).then((result) => done({ result }), (error) => done({ error: String(error) }))`

class WebKitPage implements BrowserPage {
  readonly #windows: Windows
  readonly #window: string

  constructor(windows: Windows, window: string) {
    this.#windows = windows
    this.#window = window
  }

  goto(url: string): Promise<void> {
    return this.#do((driver) => driver.get(url))
  }

  reload(): Promise<void> {
    return this.#do((driver) => driver.navigate().refresh())
  }

  back(): Promise<void> {
    return this.#do((driver) => driver.navigate().back())
  }

  async evaluate<Args extends unknown[], Result>(
    look: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    type Outcome = { result: Awaited<Result>; error?: string }
    const { result, error } = await this.#do((driver) =>
      driver.executeAsyncScript<Outcome>(`const look = ${look}\n${CALL}`, args),
    )
    if (error !== undefined) throw new Error(error)
    return result
  }

  async click(name: string): Promise<void> {
    const control = await this.#control(name)
    await this.#do(() => control.click())
  }

  async enter(name: string, text: string): Promise<void> {
    const field = await this.#control(name)
    await this.#do(async (driver) => {
      await driver.executeScript((element: HTMLInputElement) => element.select(), field)
      await field.sendKeys(text, Key.ENTER)
    })
  }

  close(): Promise<void> {
    return this.#do((driver) => driver.close())
  }

  #control(name: string): Promise<WebElement> {
    return until(`control named ${name}`, () =>
      this.#do((driver) => driver.executeScript<WebElement | null>(controlCalled, name)),
    )
  }

  #do<T>(work: (driver: WebDriver) => Promise<T>): Promise<T> {
    return this.#windows.take(this.#window, work)
  }
}
