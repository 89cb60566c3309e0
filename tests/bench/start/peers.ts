// The stack that a page needs without the package, bundled and minified in the same way.
import { QueryClient } from "@tanstack/query-core"
import axios from "axios"
import EventEmitter2 from "eventemitter2"
import { io } from "socket.io-client"

/** Creates all four peers, without connecting. */
export function makeStack(url: string) {
  return {
    socket: io(url, { autoConnect: false }),
    client: new QueryClient(),
    bus: new EventEmitter2({ wildcard: true, delimiter: "/" }),
    http: axios.create({ baseURL: url }),
  }
}
