// Gecko: Debian's Firefox ESR. It never keeps a page with a WebSocket in the back/forward cache, since it decides
// before the page gets `pagehide`.
import type { Browser } from "./browser"
import { launch } from "./puppeteer"

export const firefox = (): Promise<Browser> =>
  launch({ browser: "firefox", executablePath: process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr" }, false)
