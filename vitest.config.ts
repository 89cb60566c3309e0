// The vitest suites, one project each, so that one of them can be run alone: `npm test -- glue`.
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Glue tests run on the sources; the compiled core comes from the build folder. */
const alias = {
  "#shipped-core": path("js-glue/core/core-file.ts"),
  "#embedded-core": path("dist/embedded.js"),
  "#parts": path("js-glue/parts-later.ts"),
}

/** As tsconfig.json has it for tsx and esbuild: what plugins of the backend import in raclette.js' words. */
const ofRaclette = [
  {
    find: /^@raclettejs\/(types|core|raclette-core|raclette-core\/types|raclette-types)$/,
    replacement: path("server-stub/raclette/types.ts"),
  },
]

const project = (name: string, include: string[], testTimeout = 20_000, globalSetup: string[] = []) => ({
  resolve: { alias: [...Object.entries(alias).map(([find, replacement]) => ({ find, replacement })), ...ofRaclette] },
  test: { name, include, testTimeout, hookTimeout: testTimeout, globalSetup, environment: "node" as const },
})

/** Each engine has a file of its own, and all run side by side: most of the time they wait. */
const engines = project("engines", ["tests/engines/*.test.ts"], 120_000)
const sideBySide = {
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
  // Long enough for the longest pause between two attempts to reconnect.
  expect: { poll: { timeout: 20_000 } },
}

export default defineConfig({
  test: {
    // By default Vitest leaves one core free, which of two is half of them.
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
      { ...engines, test: { ...engines.test, ...sideBySide } },
      {
        test: {
          name: "types",
          include: ["tests/types/**/*.test.ts"],
          testTimeout: 60_000,
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
