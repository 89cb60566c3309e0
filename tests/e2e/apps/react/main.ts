// The entry of the React app.
import { createElement } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./react-app"

createRoot(document.getElementById("app") as HTMLElement).render(createElement(App))
