// The list in Gecko. Each engine has a file of its own, so that they run side by side.
import { firefox } from "./firefox"
import { describeEngine } from "./list"

describeEngine("firefox", firefox)
