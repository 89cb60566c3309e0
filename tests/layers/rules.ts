// The layers of the TypeScript side, as dependency-cruiser rules over the import graph. Imports point one way: types ←
// core ← runtime ← api ← adapters; the drivers depend on the types only. Each rule has an import that breaks it.
import type { IReachabilityForbiddenRuleType, IRegularForbiddenRuleType } from "dependency-cruiser"

type Forbidden = IRegularForbiddenRuleType | IReachabilityForbiddenRuleType

export interface LayerRule {
  /** The rule in words. */
  name: string
  from: Forbidden["from"]
  to: Forbidden["to"]
  /** Files, and what each imports: together they break this rule. The first file's folder and name match `from`. */
  example: Record<string, string[]>
}

const bundled = "^node_modules/(@preact/signals-core|idb-keyval)/"
const byName = ["aliased"] as const

export const rules: LayerRule[] = [
  {
    name: "there are no circles",
    from: {},
    to: { circular: true },
    example: { "js-glue/types/circle-a.ts": ["./circle-b"], "js-glue/types/circle-b.ts": ["./circle-a"] },
  },
  {
    name: "every import leads to a file or a package",
    from: {},
    // Build outputs, and modules that an app's Vite config resolves.
    to: { couldNotResolve: true, pathNot: "^(#|@raclettejs/)" },
    example: { "web/src/lost.ts": ["./nowhere"] },
  },
  {
    name: "types import nothing",
    from: { path: "^js-glue/types/" },
    to: { pathNot: "^js-glue/types/" },
    example: { "js-glue/types/bad.ts": ["../core/load"], "js-glue/core/load.ts": [] },
  },
  {
    name: "core stands on types",
    from: { path: "^js-glue/core/" },
    to: { pathNot: "^(js-glue/(core|types)/|#)" },
    example: { "js-glue/core/bad.ts": ["../runtime/values"], "js-glue/runtime/values.ts": [] },
  },
  {
    name: "runtime stands on core and types",
    from: { path: "^js-glue/runtime/" },
    to: { pathNot: "^js-glue/(runtime|core|types)/" },
    example: { "js-glue/runtime/bad.ts": ["../drivers/timers"], "js-glue/drivers/timers.ts": [] },
  },
  {
    name: "a driver stands on types alone, and knows no other driver",
    from: { path: "^js-glue/drivers/" },
    to: { path: "^js-glue/", pathNot: "^js-glue/types/" },
    example: { "js-glue/drivers/bad.ts": ["./other"], "js-glue/drivers/other.ts": [] },
  },
  {
    name: "the public entry alone puts drivers in place",
    from: { path: "^js-glue/", pathNot: "^js-glue/(drivers/|parts[-.]|offline\\.ts|index\\.ts)" },
    to: { path: "^js-glue/drivers/" },
    example: { "js-glue/api/bad-driver.ts": ["../drivers/fetch"], "js-glue/drivers/fetch.ts": [] },
  },
  {
    name: "api stands on runtime, core and types",
    from: { path: "^js-glue/api/" },
    to: { path: "^js-glue/", pathNot: "^js-glue/(api|runtime|core|types)/" },
    example: { "js-glue/api/bad-entry.ts": ["../index"], "js-glue/index.ts": [] },
  },
  {
    name: "api knows nothing of how the compiled core is linked",
    from: { path: "^js-glue/api/" },
    to: { path: "^js-glue/core/(embind|built|core-file|core-inline)" },
    example: { "js-glue/api/bad-link.ts": ["../core/embind"], "js-glue/core/embind.ts": [] },
  },
  {
    name: "a feature of the api stands on base, and knows no other feature",
    from: { path: "^js-glue/api/(base|data|socket|eventbus)/" },
    to: { path: "^js-glue/api/", pathNot: "^js-glue/api/(base/|$1/|log\\.ts)" },
    example: { "js-glue/api/data/bad.ts": ["../socket/socket"], "js-glue/api/socket/socket.ts": [] },
  },
  {
    name: "an adapter knows the public entry and what adapters share",
    from: { path: "^js-glue/adapters/([^/]+)/" },
    to: { path: "^js-glue/", pathNot: "^js-glue/(adapters/($1|shared)/|index\\.ts)" },
    example: { "js-glue/adapters/vue/bad.ts": ["../../api/log"], "js-glue/api/log.ts": [] },
  },
  {
    name: "an adapter imports the public entry by the package's name",
    from: { path: "^js-glue/adapters/" },
    to: { path: "^js-glue/index\\.ts", dependencyTypesNot: [...byName] },
    example: { "js-glue/adapters/vue/bad-name.ts": ["../../index"], "js-glue/index.ts": [] },
  },
  {
    name: "an adapter knows one framework, and what adapters share knows none",
    from: { path: "^js-glue/adapters/([^/]+)/" },
    to: { path: "^node_modules/", pathNot: "^node_modules/(@types/)?$1/" },
    example: { "js-glue/adapters/vue/bad-framework.ts": ["react"], "node_modules/react/index.js": [] },
  },
  {
    name: "the backend for tests knows the public entry, and no package",
    from: { path: "^js-glue/testing/" },
    to: { pathNot: "^js-glue/(testing/|index\\.ts$)" },
    example: { "js-glue/testing/bad.ts": ["../api/log"], "js-glue/api/log.ts": [] },
  },
  {
    name: "the backend for tests imports the public entry by the package's name",
    from: { path: "^js-glue/testing/" },
    to: { path: "^js-glue/index\\.ts", dependencyTypesNot: [...byName] },
    example: { "js-glue/testing/bad-name.ts": ["../index"], "js-glue/index.ts": [] },
  },
  {
    name: "the backend for tests imports types alone: it is loaded without the runtime",
    from: { path: "^js-glue/testing/" },
    to: { path: "^js-glue/index\\.ts", dependencyTypesNot: ["type-only"] },
    example: { "js-glue/testing/bad-value.ts": ["../index"], "js-glue/index.ts": [] },
  },
  {
    name: "nothing that ships knows the backend for tests",
    from: { path: "^(js-glue/(?!testing/)|server-stub/)" },
    to: { path: "^js-glue/testing/" },
    example: { "js-glue/api/bad-testing.ts": ["../testing/clock"], "js-glue/testing/clock.ts": [] },
  },
  {
    name: "nothing of the runtime knows the adapters",
    from: { path: "^js-glue/(?!adapters/)" },
    to: { path: "^js-glue/adapters/" },
    example: { "js-glue/bad-adapter.ts": ["./adapters/vue/index"], "js-glue/adapters/vue/index.ts": [] },
  },
  {
    name: "the binding bundles two packages and no others",
    from: { path: "^js-glue/(?!adapters/)" },
    to: { path: "^node_modules/", pathNot: bundled },
    example: { "js-glue/bad-package.ts": ["vue"], "node_modules/vue/index.js": [] },
  },
  {
    name: "the core as text is in the inline entry alone",
    from: { pathNot: "^js-glue/core/core-inline\\.ts" },
    to: { path: "^#packed-core" },
    example: { "js-glue/bad-text.ts": ["#packed-core"] },
  },
  {
    name: "no file of the binding is dead",
    from: { path: "^js-glue/(inline|vite|testing/index|adapters/(vue|react|svelte)/index)\\.ts$" },
    // The build chooses between core-file.ts and core-inline.ts, and between parts-later.ts and parts-inline.ts.
    to: {
      path: "^js-glue/",
      pathNot:
        "\\.d\\.ts$|/core-(file|inline)\\.ts$|^js-glue/(parts-\\w+|core/rescue|offline|drivers/(polling|indexed-db))\\.ts$|(inline|vite|testing/index|adapters/(vue|react|svelte)/index)\\.ts$",
      reachable: false,
    },
    example: { "js-glue/inline.ts": ["./index"], "js-glue/index.ts": [], "js-glue/api/dead.ts": [] },
  },
  {
    name: "the page, the site and the browser suite's apps use the package's public entries",
    from: { path: "^(web|docs/\\.vitepress|tests/e2e/apps)/", pathNot: "vite\\.config" },
    to: { path: "^(js-glue|server-stub|wasm|dist)/", dependencyTypesNot: [...byName] },
    example: { "web/src/bad.ts": ["../../js-glue/index"], "js-glue/index.ts": [] },
  },
  {
    name: "the backend stub knows nothing of the binding, the core or the page",
    from: { path: "^server-stub/" },
    to: { path: "^(js-glue|wasm|web|dist)/" },
    example: { "server-stub/bad.ts": ["../js-glue/index"], "js-glue/index.ts": [] },
  },
  {
    name: "a plugin of the stub knows no other plugin",
    from: { path: "^server-stub/plugins/([^/]+)/" },
    to: { path: "^server-stub/", pathNot: "^server-stub/(raclette|plugins/$1)/" },
    example: { "server-stub/plugins/a/bad.ts": ["../b/table"], "server-stub/plugins/b/table.ts": [] },
  },
  {
    name: "what the plugins of the stub stand on knows none of them",
    from: { path: "^server-stub/raclette/" },
    to: { path: "^server-stub/", pathNot: "^server-stub/raclette/" },
    example: { "server-stub/raclette/bad.ts": ["../plugins/a/index"], "server-stub/plugins/a/index.ts": [] },
  },
  {
    name: "no file of the stub is dead",
    from: { path: "^server-stub/(main|write-config|plugins/[^/]+/index)\\.ts$" },
    to: { path: "^server-stub/", pathNot: "/(main|write-config|plugins/[^/]+/index)\\.ts$", reachable: false },
    example: { "server-stub/main.ts": [], "server-stub/raclette/dead.ts": [] },
  },
  {
    name: "what ships knows no scripts or tests",
    from: { path: "^(js-glue|server-stub|web)/" },
    to: { path: "^(scripts|tests|\\.[^/]+)/" },
    example: { "server-stub/bad-test.ts": ["../tests/support/core"], "tests/support/core.ts": [] },
  },
  {
    name: "scripts stand on Node and packages: they run before anything is built",
    from: { path: "^(scripts|wasm|\\.[^/]+)/" },
    to: { path: "^(js-glue|server-stub|web|tests|dist)/" },
    example: { "scripts/bad.mjs": ["../js-glue/index.ts"], "js-glue/index.ts": [] },
  },
]
