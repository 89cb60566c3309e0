// Nodes for tests: backends as processes that share Redis and PostgreSQL, and runtimes connected to them. Nodes end
// with their test, Redis and PostgreSQL with the file's last test.
import { afterAll, beforeAll, onTestFinished } from "vitest"
import type { Operation, Query } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { Backend, type BackendOptions } from "../support/backend"
import { type Service, startPostgres, startRedis } from "../support/servers"
import { startRuntime, untilStatus } from "./harness"

/** Redis and PostgreSQL for the tests of a file. */
export function useServices() {
  const services: { redis?: Service; postgres?: Service } = {}
  beforeAll(async () => {
    const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
    Object.assign(services, { redis, postgres })
  })
  afterAll(() => Promise.all(Object.values(services).map((service) => service.stop())))

  async function startNode(options: BackendOptions = {}): Promise<Backend> {
    const env = {
      REDIS_URL: services.redis?.url ?? "",
      DATABASE_URL: services.postgres?.url ?? "",
      JWT_SECRET: "one for all nodes of the tests",
    }
    const node = await Backend.create({ ...options, env: { ...env, ...options.env } })
    onTestFinished(async () => {
      // A graceful shutdown leaves no events in the outbox, which the next test's nodes would send.
      await node.stop().catch(() => {})
      await node.dispose()
    })
    return node
  }

  /** The current Redis server. */
  const redis = () => services.redis as Service
  /** Starts an empty Redis server on the same port. */
  const restartRedis = async () => {
    services.redis = await startRedis(Number(new URL(redis().url).port))
  }
  return { startNode, redis, restartRedis }
}

/** A runtime at `url`, the names of todos from its events, and those of its list. */
export async function listener(url: string, node: Backend) {
  const token = await node.token("anna")
  const runtime = await startRuntime(url, { plugins: [todoConfig], auth: { token } })
  const heard: string[] = []
  const { $socket, $data } = runtime.usePluginApi("pacifico__todo")
  $socket.on("todoCreated", (payload) => heard.push(payload.body.items[0].name))
  const { getAll } = $data.todo as Record<"getAll", Operation>
  const list: Query<{ name: string }> = getAll({ options: { immediate: true } })
  await untilStatus(runtime, "connected")
  return { runtime, heard, shown: () => list.dataArr.value.map(({ name }) => name) }
}
