// The list in WebKit. Each engine has a file of its own, so that they run side by side.
import { describeEngine } from "./list"
import { webkit } from "./webkit"

describeEngine("webkit", webkit)
