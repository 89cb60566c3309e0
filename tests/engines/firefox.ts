// Gecko: Debian's Firefox ESR. It never keeps a page that has a WebSocket when it is left: it asks before the page is told.
import type { Browser } from "./browser"
import { launch } from "./puppeteer"

export const firefox = (): Promise<Browser> =>
  launch({ browser: "firefox", executablePath: process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr" }, false)
