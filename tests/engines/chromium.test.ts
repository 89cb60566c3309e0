// Runs the list in Blink. Each engine has its own file, so that they run in parallel.
import { chromium } from "./chromium"
import { describeEngine } from "./list"

describeEngine("chromium", chromium)
