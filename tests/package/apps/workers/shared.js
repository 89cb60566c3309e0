import { tellTodos } from "./todos.js"

addEventListener("connect", ({ ports: [port] }) => tellTodos((told) => port.postMessage(told)))
