// `GET /metrics` for Prometheus: the process, how long each route takes, and what only this backend knows of itself. The
// numbers are this node's own, but for the outbox, which nodes share. Each app has a registry of its own, so that two in one
// process count apart.
import type { FastifyInstance } from "fastify"
import metrics, { type IMetricsPluginOptions } from "fastify-metrics"
import plugin from "fastify-plugin"
import { Gauge, Registry } from "prom-client"

/** Answers `GET /metrics`. Register it before the routes that it measures. Whoever can reach the route can read it. */
export default plugin(
  async (fastify) => {
    const registry = new Registry()
    await fastify.register(metrics, {
      endpoint: null,
      defaultMetrics: { enabled: true, register: registry },
      routeMetrics: {
        enabled: { histogram: true, summary: false },
        // The plugin makes its summary all the same.
        overrides: { histogram: { registers: [registry] }, summary: { registers: [new Registry()] } },
      },
    } satisfies Partial<IMetricsPluginOptions>)
    addGauges(fastify, registry)
    const options = { schema: { hide: true }, config: { rateLimit: false, disableMetrics: true } }
    fastify.get("/metrics", options as object, async (_request, reply) => {
      return reply.type(registry.contentType).send(await registry.metrics())
    })
  },
  { name: "raclette-metrics" },
)

function addGauges(fastify: FastifyInstance, registry: Registry): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        this.set(await read())
      },
    })
  gauge("raclette_clients", "Clients that are connected to this node", () => fastify.io.of("/").sockets.size)
  gauge("raclette_outbox_events", "Events of all nodes that are on their way, or wait", () => fastify.outbox.count())
  gauge("raclette_redis_up", "1 while events can be sent to other nodes", () => Number(fastify.canPublish()))
}
