// The servers of a run: Redis, PostgreSQL, three nodes behind nginx with the configuration of docs/deploy, and a TCP
// proxy (a line) for each group of clients. All listen on loopback ports, until `dispose()`.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import pg from "pg"
import { freePort } from "../support/backend"
import { startNginx } from "../support/nginx"
import { type Service, startPostgres, startRedis } from "../support/servers"
import { TcpProxy } from "../support/tcp-proxy"
import { SoakNode } from "./node"
import { LINES, NODES } from "./plan"
import type { Row } from "./record"

/** The lifetime of tokens in seconds, so short that they expire during a run. */
const TOKEN_LIFETIME = "100"

export class Stage {
  readonly redis: Service
  readonly postgres: Service
  readonly nodes: readonly SoakNode[]
  readonly nginx: Service
  readonly lines: readonly TcpProxy[]
  readonly #database: pg.Pool
  readonly #folder: string
  /** Ends all processes if this process exits before `dispose()`. */
  readonly #abandon = () => {
    for (const part of [...this.nodes, this.redis]) part.signal("SIGKILL")
    // These have child processes, which they must end themselves.
    this.nginx.signal("SIGTERM")
    this.postgres.signal("SIGQUIT")
  }

  private constructor(parts: Pick<Stage, "redis" | "postgres" | "nodes" | "nginx" | "lines">, folder: string) {
    this.redis = parts.redis
    this.postgres = parts.postgres
    this.nodes = parts.nodes
    this.nginx = parts.nginx
    this.lines = parts.lines
    this.#folder = folder
    process.on("exit", this.#abandon)
    this.#database = new pg.Pool({ connectionString: parts.postgres.url, max: 2, connectionTimeoutMillis: 2000 })
    // Queries of a lost connection reject by themselves.
    this.#database.on("error", () => {}).on("connect", (client) => client.on("error", () => {}))
  }

  /** Starts all servers. `planted`: a module that the nodes preload. */
  static async start(planted?: string): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "raclette-soak-"))
    const [redis, database] = await Promise.all([startRedis(), startPostgres()])
    const env = {
      REDIS_URL: redis.url,
      DATABASE_URL: database.url,
      JWT_SECRET: "one for all nodes of the soak",
      DEV_LOGIN: "1",
      RATE_LIMIT: "0",
      TOKEN_LIFETIME,
      RACLETTE_DATA: folder,
    }
    const imports = planted === undefined ? [] : ["tsx", planted]
    const nodes: SoakNode[] = []
    for (let n = 0; n < NODES; n++) {
      nodes.push(new SoakNode(`node ${n + 1}`, await freePort(), env, imports))
    }
    await Promise.all(nodes.map((node) => node.start()))
    const nginx = await startNginx(nodes.map(({ port }) => port))
    const lines: TcpProxy[] = []
    for (let n = 0; n < LINES; n++) lines.push(await TcpProxy.open(Number(new URL(nginx.url).port)))
    return new Stage({ redis, postgres: database, nodes, nginx, lines }, folder)
  }

  /** The todos that are not deleted, in the backend's order. */
  todos(): Promise<Row[]> {
    return this.#rows("SELECT * FROM todos WHERE is_deleted = 0 ORDER BY created_at, rowid")
  }

  /** All todos, including deleted ones. */
  allTodos(): Promise<Row[]> {
    return this.#rows("SELECT * FROM todos")
  }

  /** The number of events in the outbox. */
  async waitingEvents(): Promise<number> {
    const { rows } = await this.#database.query("SELECT count(*)::int AS count FROM outbox")
    return rows[0].count
  }

  async dispose(): Promise<void> {
    await this.#database.end()
    for (const line of this.lines) line.close()
    await Promise.all(this.nodes.map((node) => node.dispose()))
    await Promise.all([this.nginx, this.redis, this.postgres].map((service) => service.stop()))
    rmSync(this.#folder, { recursive: true, force: true })
    process.off("exit", this.#abandon)
  }

  async #rows(query: string): Promise<Row[]> {
    const { rows } = await this.#database.query(query)
    return rows.map((row) => ({
      _id: row._id,
      name: row.name,
      isCompleted: Number(row.is_completed) === 1,
      isDeleted: Number(row.is_deleted) === 1,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }))
  }
}
