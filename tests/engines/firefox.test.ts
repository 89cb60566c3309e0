// Runs the list in Gecko. Each engine has its own file, so that they run in parallel.
import { firefox } from "./firefox"
import { describeEngine } from "./list"

describeEngine("firefox", firefox)
