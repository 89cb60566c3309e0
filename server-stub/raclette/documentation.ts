// The API as OpenAPI, from the routes' schemas, and a page to read it and try it on: `/documentation`. The page is part
// of the package that serves it and asks no other host for anything.
import swagger from "@fastify/swagger"
import swaggerUi from "@fastify/swagger-ui"
import plugin from "fastify-plugin"

const description =
  "Routes with a lock want `Authorization: Bearer <token>`; `POST /auth/dev-login` gives one in development."

/** Adds `/documentation` and `/documentation/json`. Register it before the routes. */
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
