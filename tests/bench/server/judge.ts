// Whether a step holds, and what stood in the way where it does not. A step holds if every client heard every event
// once and in time, and nobody lost the connection; a single delivery that is missing breaks it.
import type { Observed } from "./protocol"

/**
 * The latency that 99 of 100 deliveries have to keep, in ms. A quarter of a second still feels as if it happened at
 * once in a list that others change, and is far above what a scheduler or a garbage collector does, so that it is a
 * queue that breaks a step.
 */
export const LATENCY_LIMIT = 250

/** The shares of time, in percent, from which a thread counts as busy or as delayed. */
const BUSY = 85
const SIGNIFICANT = 10

/** Why a step does not hold; empty for one that holds. */
export function complaints(observed: Observed): string[] {
  const { lost, expected, doubled, foreign, altered, dropped, failed, writes, latency } = observed
  const found: [boolean, string][] = [
    [dropped > 0, `${count(dropped, "connection was", "connections were")} dropped`],
    [lost > 0, `${count(lost, "delivery", "deliveries")} of ${expected.toLocaleString("en")} did not come in time`],
    [doubled > 0, `${count(doubled, "delivery", "deliveries")} came twice`],
    [foreign > 0, `${count(foreign, "frame", "frames")} belonged to no write`],
    [altered > 0, `${count(altered, "event", "events")} differed from the answer to the write`],
    [failed > 0, `${count(failed, "write", "writes")} of ${writes.toLocaleString("en")} got no 201 in time`],
    [latency.p99 > LATENCY_LIMIT, `p99 is ${Math.round(latency.p99)} ms, above ${LATENCY_LIMIT} ms`],
  ]
  return found.filter(([applies]) => applies).map(([, what]) => what)
}

/** Whether other programs used so much CPU time that they affected the step. */
export function isDisturbed({ server, loadClient }: Pick<Observed, "server" | "loadClient">): boolean {
  return Math.max(server.starved, loadClient.starved) >= SIGNIFICANT
}

/** The step's bottleneck, from the usage of both processes. */
export function boundBy({ server, loadClient }: Observed): string {
  const percent = (share: number) => `${Math.round(share)} %`
  const serverFull = server.thread + server.disk >= BUSY
  const clientFull = loadClient.thread >= BUSY
  const disk = server.disk >= SIGNIFICANT ? ` and ${percent(server.disk)} waiting for the disk` : ""
  const serverShare = `${percent(server.thread)} of the time running${disk}`
  if (serverFull && clientFull) {
    return `both were busy, the server's thread (${serverShare}) and the load client's (${percent(loadClient.thread)})`
  }
  if (serverFull) return `the server's thread was busy (${serverShare})`
  if (clientFull) {
    return `the load client was the bottleneck (${percent(loadClient.thread)}), not the server (${serverShare})`
  }
  if (isDisturbed({ server, loadClient })) {
    return `other programs had the cores (the server waited ${percent(server.starved)}, the load client ${percent(loadClient.starved)})`
  }
  return `neither thread was busy on the whole (server: ${serverShare}, load client: ${percent(loadClient.thread)})`
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`
}
