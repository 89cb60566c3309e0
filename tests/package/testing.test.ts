// Runs the examples of docs/testing.md unchanged with the packed tarball: in Vitest, and in Jest as CommonJS and as ES
// modules, each with jsdom and happy-dom. The runners are in tests/package/runners.
import { readFile, symlink } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { root, run } from "../support/process"
import { folder, plainConfig, write } from "./user"

const document = await readFile(join(root, "docs/testing.md"), "utf8")
const blocks = [...document.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
  ([, language, name = "", code = ""]) => {
    return { language, name, code }
  },
)

function blockOf(name: string): string {
  const found = blocks.find((block) => block.name === name)
  if (!found) throw new Error(`docs/testing.md has no block ${name}`)
  return found.code
}

const examples = blocks.filter(({ name }) => name === "example").map(({ code }) => code)
/** How many tests the examples of one environment have. */
const count = examples.length
const testsOf = (name: string) => [...blockOf(name).matchAll(/^test\(/gm)].length

/** All that is not about a component, as one file. */
const exampleFile = (head: string) => [head, blockOf("prelude"), ...examples].join("\n")

interface Report {
  numPassedTests: number
  numTotalTests: number
  testResults: { message: string; assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
}

/** Runs a test runner, and resolves with how many of its tests passed. Rejects with what failed. */
async function passedOf(program: string, args: string[], cwd: string, options = ""): Promise<number> {
  const report = join(cwd, "report.json")
  const file = `--outputFile=${report}`
  const env = { NODE_OPTIONS: options, CI: "1", FORCE_COLOR: "0", VITEST: undefined, NODE_ENV: "test" }
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args, file], { cwd, env })
  const text = await readFile(report, "utf8").catch(() => "")
  if (text === "") throw new Error(`${stdout}\n${stderr}`)
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(text) as Report
  const failures = testResults.flatMap(({ message, assertionResults }) => {
    const messages = assertionResults.flatMap(({ title, failureMessages }) =>
      failureMessages.map((one) => `${title}: ${one}`),
    )
    return messages.length > 0 || message === "" ? messages : [message]
  })
  expect(failures).toEqual([])
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" })
  expect(stderr).not.toMatch(/did not exit|open handle|not wrapped in act|Unhandled/)
  expect(numPassedTests).toBe(numTotalTests)
  return numPassedTests
}

const runners = join(root, "tests/package/runners/node_modules")

/** The user's own packages, beside those that every test of this suite has. */
async function linkRunners(): Promise<void> {
  await write({ "runners/package.json": "{}" })
  await symlink(runners, join(folder, "runners/node_modules"))
}

beforeAll(linkRunners)

it("there are examples of all that the page promises", () => {
  expect(count).toBeGreaterThan(5)
  expect(testsOf("todos-vue.test.js") + testsOf("todos-react.test.jsx")).toBeGreaterThan(3)
})

it("keeps no process alive that disposed of nothing", async () => {
  await write({
    "runners/config.mjs": await plainConfig(),
    "runners/left.mjs": `import { createRuntime } from "raclette-wasm"
      import { createBackend } from "raclette-wasm/testing"
      import config from "./config.mjs"
      const backend = createBackend({ plugins: [config], items: { todo: [{ name: "Milk" }] }, pingInterval: 25_000 })
      const runtime = await createRuntime(backend.options)
      const { $data } = runtime.usePluginApi("pacifico__todo")
      backend.hold("todo.create")
      void $data.todo.create().execute({ name: "never" })
      const { result } = await $data.todo.getAll().execute()
      await backend.settled()
      console.log(result[0].name, runtime.$socket.status.value)`,
  })
  const { code, stdout, stderr } = await run(process.execPath, ["left.mjs"], { cwd: join(folder, "runners") })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Milk connected\n", stderr: "" })
})

describe("docs/testing.md", () => {
  it("runs in Vitest", async () => {
    const at = (environment: string) => exampleFile(`// @vitest-environment ${environment}`)
    await write({
      "runners/vitest/package.json": '{ "type": "module" }',
      "runners/vitest/vitest.config.js": `import vue from "@vitejs/plugin-vue"
        import { defineConfig } from "vitest/config"
        export default defineConfig({ plugins: [vue()], test: { globals: true } })`,
      "runners/vitest/generated-config.js": await plainConfig(),
      "runners/vitest/Todos.vue": blockOf("Todos.vue"),
      "runners/vitest/todos-jsdom.test.js": blockOf("todos-vue.test.js"),
      "runners/vitest/todos-happy-dom.test.js": blockOf("todos-vue.test.js").replace(
        "environment jsdom",
        "environment happy-dom",
      ),
      "runners/vitest/node.test.js": at("node"),
      "runners/vitest/jsdom.test.js": at("jsdom"),
      "runners/vitest/happy-dom.test.js": at("happy-dom"),
    })
    const program = join(runners, "vitest/vitest.mjs")
    const passed = await passedOf(program, ["run", "--reporter=json"], join(folder, "runners/vitest"))
    expect(passed).toBe(3 * count + 2 * testsOf("todos-vue.test.js"))
  })

  it.each(["commonjs", "module"] as const)("runs in Jest, as %s", async (type) => {
    const isModule = type === "module"
    const at = (environment: string) => {
      const globals = isModule ? 'import { jest } from "@jest/globals"' : ""
      return exampleFile(`/** @jest-environment ${environment} */\n${globals}`)
    }
    const component = blockOf("todos-react.test.jsx")
    const happy = "@happy-dom/jest-environment"
    const place = `runners/${type}`
    await write({
      [`${place}/package.json`]: JSON.stringify({ type }),
      [`${place}/babel.config.cjs`]: `module.exports = {
        presets: [["@babel/preset-env", { targets: { node: "current" } }], ["@babel/preset-react", { runtime: "automatic" }]],
      }`,
      [`${place}/jest.config.cjs`]: `module.exports = ${JSON.stringify(isModule ? { extensionsToTreatAsEsm: [".jsx"] } : {})}`,
      [`${place}/generated-config.js`]: await plainConfig(),
      [`${place}/Todos.jsx`]: blockOf("Todos.jsx"),
      [`${place}/todos-jsdom.test.jsx`]: component,
      [`${place}/todos-happy-dom.test.jsx`]: component.replace("jest-environment jsdom", `jest-environment ${happy}`),
      [`${place}/jsdom.test.js`]: at("jsdom"),
      [`${place}/happy-dom.test.js`]: at(happy),
    })
    const options = isModule ? "--experimental-vm-modules --no-warnings" : ""
    const passed = await passedOf(join(runners, "jest/bin/jest.js"), ["--json"], join(folder, place), options)
    expect(passed).toBe(2 * (count + testsOf("todos-react.test.jsx")))
  })
})
