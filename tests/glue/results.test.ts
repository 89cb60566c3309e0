// What `npm test` reads from the results of its test runners: counts, and where and why tests failed. The samples are
// what the runners wrote for tests that fail, without fields that are not read.
import { describe, expect, it } from "vitest"

interface Results {
  passed: number
  failed: number
  failures: string[]
}
const script = new URL("../../scripts/results.mjs", import.meta.url).href
const { vitestResults, playwrightResults, googleTestResults } = (await import(script)) as {
  vitestResults(text: string, root: string): Results
  playwrightResults(text: string): Results
  googleTestResults(text: string): Results
}

const vitestFile = (name: string, status: string, message: string, assertionResults: object[] = []) => ({
  ...{ name: `/project/tests/${name}`, status, message, assertionResults },
})

const vitest = (numTotalTests: number, numPassedTests: number, testResults: object[]) =>
  vitestResults(JSON.stringify({ numTotalTests, numPassedTests, testResults }), "/project/")

describe("the results of Vitest", () => {
  it("name failed tests with their errors, and tests that did not run", () => {
    const failed = { fullName: "a list fails", status: "failed", failureMessages: ["Error: expected 1\n    at x.ts:1"] }
    const skipped = { fullName: "a list is skipped", status: "skipped", failureMessages: [] }
    const passed = { fullName: "a list passes", status: "passed", failureMessages: [] }
    expect(vitest(3, 1, [vitestFile("list.test.ts", "failed", "", [failed, skipped, passed])])).toEqual({
      passed: 1,
      failed: 2,
      failures: [
        "tests/list.test.ts › a list fails\n  Error: expected 1\n      at x.ts:1",
        "tests/list.test.ts › a list is skipped\n  skipped",
      ],
    })
  })

  it("name a file that could not be loaded", () => {
    expect(vitest(0, 0, [vitestFile("list.test.ts", "failed", "Cannot find module './nowhere'")]).failures).toEqual([
      "tests/list.test.ts\n  Cannot find module './nowhere'",
    ])
  })

  it("say that a test timed out", () => {
    const slow = {
      fullName: "is slow",
      status: "failed",
      duration: 20_001.4,
      failureMessages: ["Error: STACK_TRACE_ERROR"],
    }
    expect(vitest(1, 0, [vitestFile("list.test.ts", "failed", "", [slow])]).failures).toEqual([
      "tests/list.test.ts › is slow\n  timed out after 20001 ms",
    ])
  })

  it("shorten long errors", () => {
    const [failure] = vitest(0, 0, [vitestFile("list.test.ts", "failed", "x".repeat(100_000))]).failures
    expect(failure?.length).toBeLessThan(1000)
    expect(failure).toMatch(/x…$/)
  })

  it("name nothing when all passed", () => {
    const passed = { fullName: "passes", status: "passed", failureMessages: [] }
    expect(vitest(1, 1, [vitestFile("list.test.ts", "passed", "", [passed])])).toEqual({
      ...{ passed: 1, failed: 0, failures: [] },
    })
  })
})

describe("the results of Playwright", () => {
  const spec = (title: string, status: string, errors: object[]) => ({
    ...{ file: "list.spec.ts", title, tests: [{ status, results: [{ errors }] }] },
  })
  const playwright = (specs: object[], errors: object[] = []) => {
    const suites = [{ specs: [], suites: [{ specs }] }]
    const stats = { expected: 1, unexpected: 1, flaky: 0, skipped: 1 }
    return playwrightResults(JSON.stringify({ stats, suites, errors }))
  }

  it("name failed tests of nested suites with their errors, and skipped tests", () => {
    const specs = [
      spec("fails", "unexpected", [{ message: "Error: \u001b[2mexpect(\u001b[22mreceived)" }]),
      spec("passes", "expected", []),
      spec("is skipped", "skipped", []),
    ]
    expect(playwright(specs)).toEqual({
      passed: 1,
      failed: 2,
      failures: ["list.spec.ts › fails\n  Error: expect(received)", "list.spec.ts › is skipped\n  skipped"],
    })
  })

  it("name errors outside tests", () => {
    expect(playwright([], [{ message: "No tests found" }]).failures).toEqual(["playwright\n  No tests found"])
  })
})

describe("the results of GoogleTest", () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="2" disabled="1" errors="0" time="0" name="AllTests">
  <testsuite name="A" tests="4" failures="1" disabled="1" skipped="1" errors="0" time="0">
    <testcase name="Fails" file="p.cpp" line="2" status="run" result="completed" time="0" classname="A">
      <failure message="p.cpp:2&#x0A;said &lt;so&gt; &amp;amp;" type=""><![CDATA[p.cpp:2]]></failure>
    </testcase>
    <testcase name="Off" file="p.cpp" line="3" status="notrun" result="suppressed" time="0" classname="A" />
    <testcase name="Passes" file="p.cpp" line="4" status="run" result="completed" time="0" classname="A" />
    <testcase name="Skips" file="p.cpp" line="5" status="run" result="skipped" time="0" classname="A">
      <skipped message="p.cpp:5&#x0A;"><![CDATA[p.cpp:5]]></skipped>
    </testcase>
  </testsuite>
  <testsuite name="N/P" tests="1" failures="1" disabled="0" skipped="0" errors="0" time="0">
    <testcase name="Odd/1" value_param="2" file="p.cpp" line="7" status="run" result="completed" classname="N/P">
      <failure message="p.cpp:7" type=""><![CDATA[p.cpp:7]]></failure>
    </testcase>
  </testsuite>
</testsuites>`

  it("count, and name failed and skipped tests", () => {
    expect(googleTestResults(text)).toEqual({
      passed: 1,
      failed: 4,
      failures: ["A.Fails\n  p.cpp:2\n  said <so> &amp;", "A.Skips\n  p.cpp:5", "N/P.Odd/1\n  p.cpp:7"],
    })
  })
})
