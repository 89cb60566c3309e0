// Runs the list in WebKit. Each engine has its own file, so that they run in parallel.
import { describeEngine } from "./list"
import { webkit } from "./webkit"

describeEngine("webkit", webkit)
