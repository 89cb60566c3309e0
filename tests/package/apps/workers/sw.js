import { tellTodos } from "./todos.js"

addEventListener("message", (event) => {
  event.waitUntil(tellTodos((told) => event.source.postMessage(told)))
})
