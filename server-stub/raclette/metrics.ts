// `GET /metrics` for Prometheus: metrics of the process and of each route, and gauges of clients, outbox and Redis. All
// are per node, except the outbox, which nodes share. Each app has its own registry, so that two apps in one process do
// not mix.
import type { FastifyInstance } from "fastify"
import metrics, { type IMetricsPluginOptions } from "fastify-metrics"
import plugin from "fastify-plugin"
import { Gauge, Registry } from "prom-client"

/** Adds `GET /metrics`, without authentication. Register it before the routes that it measures. */
export default plugin(
  async (fastify) => {
    const registry = new Registry()
    await fastify.register(metrics, {
      endpoint: null,
      defaultMetrics: { enabled: true, register: registry },
      routeMetrics: {
        enabled: { histogram: true, summary: false },
        // The plugin creates its summary even if it is disabled; a registry that nobody reads keeps it out.
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
  gauge("raclette_clients", "Clients connected to this node", () => fastify.io.of("/").sockets.size)
  gauge("raclette_outbox_events", "Events in the outbox of all nodes: being sent, or waiting", () =>
    fastify.outbox.count(),
  )
  gauge("raclette_redis_up", "1 while Redis is connected and events reach other nodes, else 0", () =>
    Number(fastify.canPublish()),
  )
}
