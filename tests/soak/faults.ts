// Carries out the faults. Each ends by itself, and is in the timeline from its start until the affected service works
// again.
import { setTimeout as pause } from "node:timers/promises"
import { Redis } from "ioredis"
import type { NetworkFault } from "../support/tcp-proxy"
import type { PlannedFault } from "./plan"
import type { Stage } from "./stage"
import type { FaultKind, Timeline } from "./timeline"
import type { Violation } from "./violation"

/** docs/backend.md promises 5 s; a busy machine needs more. In ms. */
const SHUTDOWN_TIMEOUT = 10_000

type Break = (faults: Faults, fault: PlannedFault) => Promise<void>

/** Carries out planned faults. */
export class Faults {
  readonly stage: Stage
  readonly timeline: Timeline
  readonly violations: Violation[] = []
  /** By service: resolves when its last fault is over. Each service has one fault at a time. */
  readonly #turns = new Map<string, Promise<void>>()

  constructor(stage: Stage, timeline: Timeline) {
    this.stage = stage
    this.timeline = timeline
  }

  /** Resolves when the fault is over. */
  carryOut(fault: PlannedFault): Promise<void> {
    return BREAKS[fault.kind](this, fault)
  }

  /** Runs `work` after all earlier work on the same service. */
  enqueue(service: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(service) ?? Promise.resolve()).then(work)
    this.#turns.set(service, turn)
    return turn
  }
}

const BREAKS: Record<FaultKind, Break> = {
  kill: (faults, { node, lasts }) =>
    onNode(faults, node, "kill", async (target) => {
      await target.end("SIGKILL")
      await pause(lasts)
      await target.start()
    }),
  stop: (faults, { node, lasts }) =>
    onNode(faults, node, "stop", async (target) => {
      target.signal("SIGSTOP")
      await pause(lasts)
      target.signal("SIGCONT")
    }),
  deploy: async (faults) => {
    for (const n of faults.stage.nodes.keys()) await deployNode(faults, n)
  },
  "redis restart": (faults, { lasts }) => onService(faults, "redis", "redis restart", lasts, "SIGINT"),
  "redis stop": (faults, { lasts }) =>
    faults.enqueue("redis", async () => {
      const end = faults.timeline.begin("redis stop", `for ${lasts} ms`, "all")
      faults.stage.redis.signal("SIGSTOP")
      await pause(lasts)
      faults.stage.redis.signal("SIGCONT")
      end()
    }),
  "redis cut": (faults) => faults.enqueue("redis", () => cutRedis(faults)),
  "postgres restart": (faults, { lasts }) => onService(faults, "postgres", "postgres restart", lasts, "SIGINT"),
  "postgres crash": (faults, { lasts }) => onService(faults, "postgres", "postgres crash", lasts, "SIGQUIT"),
  "line silent": (faults, fault) => onLine(faults, fault, "silent"),
  "line half-open": (faults, fault) => onLine(faults, fault, "half-open"),
  "line stalled": (faults, fault) => onLine(faults, fault, "stalled"),
}

async function onNode(
  { stage, timeline }: Faults,
  n: number,
  kind: FaultKind,
  work: (node: Stage["nodes"][number]) => Promise<void>,
): Promise<void> {
  const node = stage.nodes[n] as Stage["nodes"][number]
  await node.enqueue(async () => {
    const end = timeline.begin(kind, node.name, "all")
    await work(node)
    end()
  })
}

async function deployNode(faults: Faults, n: number): Promise<void> {
  await onNode(faults, n, "deploy", async (node) => {
    const begin = Date.now()
    const code = await node.end("SIGTERM")
    const took = Date.now() - begin
    if (code !== 0 || took > SHUTDOWN_TIMEOUT) {
      const detail = `it took ${took} ms, and its code was ${code}: ${node.log.slice(-3).join(" ")}`
      faults.violations.push({ what: "a node did not shut down gracefully", where: node.name, at: Date.now(), detail })
    }
    await node.start()
    await node.untilReady()
  })
}

function onService(
  faults: Faults,
  name: "redis" | "postgres",
  kind: FaultKind,
  lasts: number,
  signal: NodeJS.Signals,
): Promise<void> {
  const service = faults.stage[name]
  return faults.enqueue(name, async () => {
    const end = faults.timeline.begin(kind, `away for ${lasts} ms`, "all")
    await service.end(signal)
    await pause(lasts)
    await service.begin()
    end()
  })
}

async function cutRedis({ stage, timeline }: Faults): Promise<void> {
  const end = timeline.begin("redis cut", "all connections", "all")
  const admin = new Redis(stage.redis.url)
  admin.on("error", () => {})
  await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
  admin.disconnect()
  end()
}

async function onLine({ stage, timeline }: Faults, fault: PlannedFault, kind: NetworkFault): Promise<void> {
  const end = timeline.begin(`line ${kind}`, `line ${fault.line + 1}`, fault.line)
  const restore = stage.lines[fault.line]?.fail(kind)
  await pause(fault.lasts)
  restore?.()
  end()
}
