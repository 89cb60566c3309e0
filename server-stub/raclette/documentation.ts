// The API as OpenAPI, generated from the routes' schemas, and as an interactive page at `/documentation`. The page
// loads nothing from other hosts.
import swagger from "@fastify/swagger"
import swaggerUi from "@fastify/swagger-ui"
import plugin from "fastify-plugin"

const description =
  "Routes with a lock need `Authorization: Bearer <token>`. In development, `POST /auth/dev-login` issues a token."

/** Adds `/documentation` and `/documentation/json`. Register it before the routes that it documents. */
export default plugin(
  async (fastify) => {
    await fastify.register(swagger, {
      openapi: {
        info: { title: "raclette-wasm backend stub", description, version: "1" },
        components: { securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
      },
      hideUntagged: true,
      transform: ({ schema, url, route }) => {
        const isOperation = route.config?.type !== undefined
        return { schema: { ...schema, ...(isOperation && { security: [{ token: [] }] }) }, url }
      },
    })
    await fastify.register(swaggerUi, { routePrefix: "/documentation", staticCSP: true })
  },
  { name: "raclette-documentation" },
)
