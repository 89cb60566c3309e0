import { tellTodos } from "./todos.js"

tellTodos((told) => postMessage(told))
