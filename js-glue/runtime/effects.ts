// Reads the core's effects from its memory, in the format that wasm/bindings/effects.cpp writes: words, and one block
// of UTF-8 with all texts. A whole batch is read before any effect is carried out, because carrying out an effect may
// enter the core again.
import type { CoreModule } from "../core/core-module"
import { textOf } from "../core/embind"
import { type Effect, type EffectReader, effectReaders } from "../core/generated/effects"

export type { Effect, Effects } from "../core/generated/effects"

/** The status of a namespace has changed. */
export type StatusEffect = Effect<"statusChanged">
/** The state of the connection has changed. */
export type ProgressEffect = Effect<"attemptChanged" | "latencyChanged">
/** Make a request. */
export type FetchEffect = Effect<"startFetch">
/** One execution of a query has ended. */
export type SettledEffect = Effect<"querySettled">
/** A mutation waits for the network, or its state has changed. */
export type PersistEffect = Effect<"persistMutation">

const NONE: readonly Effect[] = []

/** Returns the effects of a runtime since the last call, in order. */
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
