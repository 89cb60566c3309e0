// The load bench of the backend stub: how many clients, and how many events a second, one node holds on two cores, with
// latencies, and where it breaks. The node is the real stub as its own process, with a SQLite file, on one core; on the
// other is one process of bare WebSocket clients (ws), which speak Engine.IO and Socket.IO by themselves so that they
// cost less than what they measure. Three ramps: clients at a low fixed rate of writes; writes a second with a fixed
// number of listeners; and the same with one listener, which shows what the writes alone can do. Then the stub and a
// bare app take turns at as many writes as each takes. The stub handles no event of clients, so there is no traffic
// that is the sockets' alone.
import { cpus } from "node:os"
import type { Report } from "../report"
import { type Comparison, type ComparisonPlan, compare, comparisonOf } from "./beside"
import { LATENCY_LIMIT } from "./judge"
import { CHANNELS } from "./ledger"
import { type Ramp, ramp } from "./ramp"
import { costs, disturbance, number, sumUp, tableOf } from "./text"
import { Lab, type LabOptions, type Setting, type Trial } from "./trial"
import { connectionLimit } from "./usage"

interface Plan extends LabOptions {
  /** Numbers of clients, and the rate at which they are tried. */
  clients: number[]
  fixedRate: number
  /** Writes a second, and how many clients listen to them. */
  rates: number[]
  listeners: number
  halvings: number
  /** How often a breaking level is tried. */
  tries: number
  beside: ComparisonPlan
}

interface Machine {
  cpus: number
  model: string | undefined
  mostClients: number
  node: string
}

/** What is written of the bench, beside its text. */
export interface ServerData {
  plan: Plan
  machine: Machine
  /** In ms. */
  latencyLimit: number
  channels: string[]
  ramps: Ramps
  beside: Comparison[]
}

const full: Plan = {
  seconds: 4,
  warmUp: 50,
  clients: [100, 500, 1000, 2000, 4000, 8000, 16_000, 32_000],
  fixedRate: 5,
  rates: [25, 50, 100, 200, 400, 800, 1600, 3200],
  listeners: 100,
  halvings: 2,
  tries: 2,
  beside: {
    settings: [
      { listeners: 1, writes: 2000 },
      { listeners: 100, writes: 400 },
      { listeners: 1000, writes: 40 },
    ],
    turns: 7,
    atOnce: 16,
    warmUp: 50,
  },
}

const quick: Plan = {
  seconds: 0.4,
  warmUp: 5,
  clients: [5, 10],
  fixedRate: 10,
  rates: [20, 40],
  listeners: 10,
  halvings: 0,
  tries: 1,
  beside: { settings: [{ listeners: 5, writes: 20 }], turns: 2, atOnce: 4, warmUp: 5 },
}

/** In the order in which they are run. */
interface Ramps {
  writesAlone: Ramp<Trial>
  fanOut: Ramp<Trial>
  writes: Ramp<Trial>
}

/** Runs the bench: up to about five minutes, or a few seconds if `quick`. */
export async function run(options: { quick: boolean }): Promise<Report> {
  const plan = options.quick ? quick : full
  const mostClients = connectionLimit()
  const lab = new Lab(plan)
  const climb = (levels: number[], settingOf: (level: number) => Setting) =>
    ramp({ ...plan, levels, attempt: (level) => lab.attempt(settingOf(level)) })
  try {
    const clients = levelsUpTo(plan.clients, mostClients)
    const ramps: Ramps = {
      writesAlone: await climb(plan.rates, (level) => ({ clients: 1, rate: level })),
      fanOut: await climb(clients, (level) => ({ clients: level, rate: plan.fixedRate })),
      writes: await climb(plan.rates, (level) => ({ clients: plan.listeners, rate: level })),
    }
    await lab.close()
    const beside = await compare(plan.beside)
    const machine: Machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, mostClients }
    const data: ServerData = { plan, machine, latencyLimit: LATENCY_LIMIT, channels: CHANNELS, ramps, beside }
    return {
      name: "server",
      title: "One node of the backend stub under load",
      text: `${textOf(plan, ramps, machine)}\n\n${comparisonOf(beside, plan.beside)}`,
      data,
    }
  } finally {
    await lab.close()
  }
}

/** The levels that can be had, and the limit itself where some cannot. */
function levelsUpTo(levels: number[], limit: number): number[] {
  const possible = levels.filter((level) => level <= limit)
  return possible.length < levels.length ? [...possible, limit] : possible
}

function textOf(plan: Plan, { fanOut, writes, writesAlone }: Ramps, machine: Machine): string {
  const events = CHANNELS.length
  const rateOf = ({ rate }: Trial) => `${number(rate)} writes/s`
  const heardBy = (trial: Trial) => {
    const listeners = trial.clients === 1 ? "1 listener" : `${number(trial.clients)} listeners`
    return `${rateOf(trial)} (${number(trial.rate * events)} events/s) with ${listeners}`
  }
  const clientsOf = ({ clients }: Trial) => `${number(clients)} clients`
  const atRate = (trial: Trial) => `${clientsOf(trial)} at ${rateOf(trial)}`
  const isMost = fanOut.held?.level === machine.mostClients
  const most = isMost ? "open files and local ports allow no more clients" : "more clients were not tried"
  const noMore = "a higher rate was not tried"
  return [
    `${machine.cpus} × ${machine.model}, Node ${machine.node}. A write is a POST /todo, which makes ${events} events; a`,
    `delivery is one event at one client; latency runs from when the write was due. A step of ${plan.seconds} s holds if`,
    `every client gets every event once, with the right payload, none is dropped, and p99 is at most ${LATENCY_LIMIT} ms.`,
    ...["", "Clients", tableOf(fanOut), sumUp(fanOut, atRate, clientsOf, most)],
    ...["", `Writes a second, ${plan.listeners} listeners`, tableOf(writes), sumUp(writes, heardBy, rateOf, noMore)],
    ...["", "Writes a second, 1 listener", tableOf(writesAlone), sumUp(writesAlone, heardBy, rateOf, noMore)],
    ...["", costs(writes, writesAlone), disturbance([fanOut, writes, writesAlone])],
    "The stub handles no event of clients, so nothing was measured that is socket traffic alone.",
  ].join("\n")
}
