// The model backend: rows, routes, sockets and tokens, as one process that may stop and restart.
import type { Clock } from "../platform/clock"
import type { Settings } from "../settings"
import { Api, type ApiAnswer, type ApiRequest } from "./api"
import { PollingSessions } from "./polling"
import { type EntityName, type Payload, Rows } from "./rows"
import { Sockets } from "./sockets"
import { Tokens } from "./tokens"

/** The channels of each operation. */
const KEYS: Record<string, string> = { dataCreate: "Created", dataUpdate: "Updated", dataDelete: "Deleted" }

export const PREFIX = "plugin_pacifico__todo"

export class Backend {
  isUp = true
  readonly tokens: Tokens
  readonly rows: Rows
  readonly sockets: Sockets
  readonly polling: PollingSessions
  readonly api: Api

  constructor(
    readonly clock: Clock,
    readonly settings: Settings,
  ) {
    this.tokens = new Tokens(clock, settings.tokenLife)
    this.rows = new Rows(settings)
    this.sockets = new Sockets(clock, settings, this.tokens)
    this.polling = new PollingSessions(this.sockets)
    const emit = (entity: EntityName, payload: Payload, owner: string) => this.#emit(entity, payload, owner)
    this.api = new Api(settings, this.rows, this.tokens, emit, () => this.sockets.commit)
  }

  /** Responds to a request at once, or to a poll when there are frames. */
  handle(request: ApiRequest, respond: (answer: ApiAnswer) => void): void {
    if (isPolling(request)) this.polling.handle(request, respond)
    else respond(this.api.handle(request))
  }

  /** Stops for a while. Rows and stored responses survive, sessions if `keepsSessions`. */
  restart(ms: number, keepsSessions: boolean): void {
    if (!this.isUp) return
    this.isUp = false
    this.sockets.restart(keepsSessions)
    this.polling.clear()
    this.clock.after(ms, () => {
      this.isUp = true
    })
  }

  #emit(entity: EntityName, payload: Payload, owner: string): void {
    const room = entity === "todo" ? "all" : `user:${owner}`
    const keys = [`${entity}${KEYS[payload.type]}`]
    if (this.settings.hasSecondChannel) keys.push(`${entity}Fancy`)
    for (const key of keys) this.sockets.broadcast(room, `${PREFIX}--${key}`, payload)
  }
}

/** Whether a request belongs to a long-polling connection. */
export function isPolling({ url }: Pick<ApiRequest, "url">): boolean {
  return url.includes("/socket.io/")
}
