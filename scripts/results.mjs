// Reads the results that test runners write: how many tests passed and failed, and for each failed test its file, its
// name and its error, so that `npm test` can list failures at its end.
import { stripVTControlCharacters } from "node:util"

/** The longest error text of a failed test. The whole text is in the runner's own output. */
const LONGEST_ERROR = 600

/** @typedef {{ passed: number, failed: number, failures: string[] }} Results Each failure is one text of several lines. */

/**
 * Results of Vitest's JSON reporter. Skipped tests, and tests of a file that could not be set up, count as failed.
 * @param {string} text
 * @param {string} root The folder that paths are relative to, with a trailing slash.
 * @returns {Results}
 */
export function vitestResults(text, root) {
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(text)
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(root, "")
    const failed = assertionResults.filter((test) => test.status !== "passed")
    const named = failed.map((test) => failure(`${file} › ${test.fullName}`, vitestError(test)))
    return status === "failed" && message ? [failure(file, message), ...named] : named
  })
  return { passed: numPassedTests, failed: numTotalTests - numPassedTests, failures }
}

/** The error of a test. That of a test that timed out has a placeholder for its message (Vitest 4.1). */
function vitestError({ failureMessages: [message], status, duration }) {
  if (message?.includes("STACK_TRACE_ERROR")) return `timed out after ${Math.round(duration)} ms`
  return message ?? status
}

/**
 * Results of Playwright's JSON reporter. A flaky or skipped test counts as failed.
 * @param {string} text
 * @returns {Results}
 */
export function playwrightResults(text) {
  const { stats, suites, errors } = JSON.parse(text)
  const specsOf = (suite) => [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)]
  const failed = suites.flatMap(specsOf).flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status !== "expected")
      .map(({ status, results }) => {
        const error = results.flatMap((result) => result.errors ?? [])[0]
        return failure(`${file} › ${title}`, error?.message ?? status)
      }),
  )
  const others = errors.map(({ message }) => failure("playwright", message))
  const { expected, unexpected, flaky, skipped } = stats
  return { passed: expected, failed: unexpected + flaky + skipped, failures: [...others, ...failed] }
}

/**
 * Results of GoogleTest's XML output. A disabled or skipped test counts as failed.
 * @param {string} text
 * @returns {Results}
 */
export function googleTestResults(text) {
  const sum = (name) =>
    [...text.matchAll(new RegExp(`<testsuite .*?\\s${name}="(\\d+)"`, "g"))].reduce((all, [, n]) => all + Number(n), 0)
  const failed = ["failures", "errors", "disabled", "skipped"].reduce((all, name) => all + sum(name), 0)
  const failures = [...text.matchAll(/<testcase ([^>]*[^/])>\s*<(?:failure|skipped) message="([^"]*)"/g)].map(
    ([, test, message]) => failure(`${attribute(test, "classname")}.${attribute(test, "name")}`, unescaped(message)),
  )
  return { passed: sum("tests") - failed, failed, failures }
}

function failure(where, message) {
  const plain = stripVTControlCharacters(message).trim()
  const short = plain.length > LONGEST_ERROR ? `${plain.slice(0, LONGEST_ERROR)}…` : plain
  return `${where}\n${short.replace(/^/gm, "  ")}`
}

function attribute(text, name) {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1]
}

function unescaped(text) {
  const characters = { lt: "<", gt: ">", quot: '"', apos: "'", "#x0A": "\n", "#x0D": "", amp: "&" }
  return text.replace(/&(lt|gt|quot|apos|#x0A|#x0D|amp);/g, (_, name) => characters[name])
}
