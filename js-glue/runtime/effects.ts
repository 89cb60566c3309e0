// Effects of the core, read from its memory as wasm/bindings/effects.cpp writes them: words, and a block of UTF-8 that
// holds their texts one behind the other. All of a batch is read before any is carried out, since carrying one out may
// enter the core again.
import type { CoreModule } from "../core/core-module"
import { textOf } from "../core/embind"
import { type Effect, type EffectReader, effectReaders } from "../core/generated/effects"

export type { Effect, Effects } from "../core/generated/effects"

/** The status of a namespace changed. */
export type StatusEffect = Effect<"statusChanged">
/** How it goes with the connection. */
export type ProgressEffect = Effect<"attemptChanged" | "latencyChanged">
/** A request to make. */
export type FetchEffect = Effect<"startFetch">
/** One execution of a query ended. */
export type SettledEffect = Effect<"querySettled">
/** A mutation that waits for the network, or what became of it. */
export type PersistEffect = Effect<"persistMutation">

const NONE: readonly Effect[] = []

/** Takes the effects of a runtime since the last call, in order. */
export function drainEffects(module: CoreModule, runtime: number): readonly Effect[] {
  const count = module.rac_drain(runtime)
  if (count === 0) return NONE
  const words = module.HEAPU32
  let at = module.rac_words(runtime) >>> 2
  let textAt = module.rac_text(runtime)
  const word = () => words[at++] as number
  const text = () => {
    const length = word()
    textAt += length
    return textOf(module, textAt - length, length)
  }
  const effects: Effect[] = []
  while (effects.length < count) effects.push((effectReaders[word()] as EffectReader)(word, text))
  return effects
}
