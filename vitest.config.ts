// The Vitest suites. Each is a project, so that `npm test -- glue` can run one.
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { DEADLINE, TEST_TIMEOUT } from "./tests/support/deadlines.ts"

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Glue tests import the sources, and load the compiled core from the build outputs. */
const alias = {
  "#shipped-core": path("js-glue/core/core-file.ts"),
  "#embedded-core": path("dist/embedded.js"),
  "#parts": path("js-glue/parts-later.ts"),
}

/**
 * raclette.js' module names, which backend plugins import. The same aliases as `paths` in tsconfig.json for tsx and
 * esbuild.
 */
const racletteAliases = [
  {
    find: /^@raclettejs\/(types|core|raclette-core|raclette-core\/types|raclette-types)$/,
    replacement: path("server-stub/raclette/types.ts"),
  },
]

const project = (name: string, include: string[], testTimeout = TEST_TIMEOUT, globalSetup: string[] = []) => ({
  resolve: {
    alias: [...Object.entries(alias).map(([find, replacement]) => ({ find, replacement })), ...racletteAliases],
  },
  test: {
    ...{ name, include, testTimeout, hookTimeout: testTimeout, globalSetup, environment: "node" as const },
    expect: { poll: { timeout: DEADLINE } },
  },
})

/** One file per browser engine. All run in parallel, since they mostly wait. */
const engines = project("engines", ["tests/engines/*.test.ts"], 120_000)
const inParallel = { maxWorkers: 3, sequence: { groupOrder: 1 } }

export default defineConfig({
  test: {
    // By default Vitest leaves one core free: half of a machine with two.
    maxWorkers: "100%",
    projects: [
      project("glue", ["tests/glue/**/*.test.ts", "tests/layers/*.test.ts", "tests/prose/*.test.ts"]),
      project("adapters", ["tests/adapters/**/*.test.ts"]),
      project("testing", ["tests/testing/**/*.test.ts"]),
      project("server", ["tests/server/**/*.test.ts"]),
      project("interop", ["tests/interop/**/*.test.ts"]),
      project("package", ["tests/package/*.test.ts"], 180_000, ["tests/package/setup.ts"]),
      project("frameworks", ["tests/package/frameworks/*.test.ts"], 300_000, ["tests/package/setup.ts"]),
      project("simulate", ["tests/simulate/**/*.test.ts"], 120_000),
      project("soak", ["tests/soak/**/*.test.ts"]),
      project("bench", ["tests/bench/**/*.test.ts"], 120_000),
      { ...engines, test: { ...engines.test, ...inParallel } },
      {
        test: {
          name: "types",
          include: ["tests/types/**/*.test.ts"],
          testTimeout: TEST_TIMEOUT,
          typecheck: {
            enabled: true,
            include: ["tests/types/**/*.test-d.ts"],
            tsconfig: path("tests/types/tsconfig.json"),
          },
        },
      },
    ],
  },
})
