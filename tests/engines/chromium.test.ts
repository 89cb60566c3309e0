// The list in Blink. Each engine has a file of its own, so that they run side by side.
import { chromium } from "./chromium"
import { describeEngine } from "./list"

describeEngine("chromium", chromium)
