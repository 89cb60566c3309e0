// The event bus beside popular emitters. Names follow each emitter's style: all accept `ui/open`; eventemitter2 needs
// an option for wildcards, and gets the same separator. Listeners count events, and their arguments are compared.
import { type Case, type Contender, expectSame, OURS, type Platform, type Run } from "../harness/cases"
import { suite } from "../harness/suite"
import { type Connect, type Emitter, emitters } from "../peers/emitters"

const PAYLOAD = { message: "Saved", color: "green" }
const EXACT = [OURS, "mitt", "eventemitter3", "eventemitter2"]
const WILD = [OURS, "eventemitter2 (wildcards)"]

/** The set-up of a case (the number of listeners per pattern), and its operation. */
interface Scene {
  patterns: readonly string[]
  act(bus: Emitter, i: number, listener: (payload: unknown) => void): void
  /** Calls of listeners in one operation. */
  calls: number
}

function contend(platform: Platform, names: readonly string[], scene: Scene): Contender[] {
  return names.map((name) => ({ name, prepare: () => drive(emitters[name] as Connect, platform, scene) }))
}

async function drive(connect: Connect, platform: Platform, { patterns, act, calls }: Scene): Promise<Run> {
  const { bus, end } = await connect(platform)
  let heard = 0
  let last: unknown
  let expected = 0
  const listener = (payload: unknown) => {
    heard++
    last = payload
  }
  // Each listener is its own function, as in a page.
  for (const pattern of patterns) bus.on(pattern, (payload) => listener(payload))
  return {
    run(times) {
      expected += times * calls
      for (let i = 0; i < times; i++) act(bus, i, listener)
    },
    check() {
      expectSame(heard, expected, "calls of listeners")
      if (calls > 0) expectSame(last, PAYLOAD, "the payload")
    },
    end,
  }
}

const emit = (event: string) => (bus: Emitter) => bus.emit(event, PAYLOAD)
const times = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i))

const exactScenes: Record<string, Scene> = {
  "exact name, no listener": { patterns: ["ui/other"], act: emit("ui/open"), calls: 0 },
  "exact name, 1 listener": { patterns: ["ui/open"], act: emit("ui/open"), calls: 1 },
  "exact name, 10 listeners": { patterns: times(10, () => "ui/open"), act: emit("ui/open"), calls: 10 },
  "exact name, 1,000 listeners": { patterns: times(1000, () => "ui/open"), act: emit("ui/open"), calls: 1000 },
  "1,000 names in turn": {
    patterns: times(1000, (i) => `ui/name${i}`),
    act: (() => {
      const names = times(1000, (i) => `ui/name${i}`)
      return (bus: Emitter, i: number) => bus.emit(names[i % 1000] as string, PAYLOAD)
    })(),
    calls: 1,
  },
  "on and off": {
    patterns: ["ui/open"],
    act: (bus, _, listener) => bus.on("ui/open", listener)(),
    calls: 0,
  },
  "on, emit and off": {
    patterns: [],
    act(bus, _, listener) {
      const off = bus.on("ui/open", listener)
      bus.emit("ui/open", PAYLOAD)
      off()
    },
    calls: 1,
  },
  "on and off among 1,000 names": {
    patterns: times(1000, (i) => `ui/name${i}`),
    act: (bus, _, listener) => bus.on("ui/open", listener)(),
    calls: 0,
  },
}

const wildScenes: Record<string, Scene> = {
  "ui/*, 1 listener": { patterns: ["ui/*"], act: emit("ui/open"), calls: 1 },
  "ui/* and 10 patterns beside": {
    patterns: ["ui/*", ...times(10, (i) => `part${i}/*`)],
    act: emit("ui/open"),
    calls: 1,
  },
  "exact name, 100 patterns beside": {
    patterns: ["ui/open", ...times(100, (i) => `part${i}/**`)],
    act: emit("ui/open"),
    calls: 1,
  },
  "**, ui/* and ui/open": { patterns: ["**", "ui/*", "ui/open"], act: emit("ui/open"), calls: 3 },
  "on and off of ui/*": { patterns: [], act: (bus, _, listener) => bus.on("ui/*", listener)(), calls: 0 },
}

const budgets: Record<string, Case["budget"]> = {
  "exact name, no listener": { peer: "eventemitter3", ratio: 1.5 },
  "exact name, 1 listener": { peer: "eventemitter3", ratio: 1 },
  "on and off": { peer: "mitt", ratio: 5 },
  "ui/* and 10 patterns beside": { peer: "eventemitter2 (wildcards)", ratio: 0.25 },
}

/** A listener that emits, whose listener emits, ten deep. */
function nested(platform: Platform): Case {
  const contender = (name: string): Contender => ({
    name,
    async prepare() {
      const { bus, end } = await (emitters[name] as Connect)(platform)
      let heard = 0
      let expected = 0
      for (let depth = 0; depth < 10; depth++) {
        bus.on(`ui/depth${depth}`, (payload) => {
          heard++
          if (depth < 9) bus.emit(`ui/depth${depth + 1}`, payload)
        })
      }
      return {
        run(count) {
          expected += count * 10
          for (let i = 0; i < count; i++) bus.emit("ui/depth0", PAYLOAD)
        },
        check: () => expectSame(heard, expected, "calls of listeners"),
        end,
      }
    },
  })
  return { group: "bus", name: "nested, 10 deep", contenders: EXACT.map(contender) }
}

function casesOf(platform: Platform, scenes: Record<string, Scene>, names: readonly string[]): Case[] {
  return Object.entries(scenes).map(([name, scene]) => {
    const budget = budgets[name]
    return { group: "bus", name, contenders: contend(platform, names, scene), ...(budget && { budget }) }
  })
}

const makeCases = (platform: Platform): Case[] => [
  ...casesOf(platform, exactScenes, EXACT),
  nested(platform),
  ...casesOf(platform, wildScenes, WILD),
]

export const run = suite(makeCases)
