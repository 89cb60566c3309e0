// The event bus and its peers behind one thin interface: one call each for `on`, unsubscribe and `emit`.

import EventEmitter2 from "eventemitter2"
import { EventEmitter } from "eventemitter3"
import mitt from "mitt"
import { OURS, type Platform } from "../harness/cases"
import { makeRuntime, PLUGIN } from "./raclette"

type Listener = (payload: unknown) => void

export interface Emitter {
  /** Returns what ends it. */
  on(event: string, listener: Listener): () => void
  emit(event: string, payload: unknown): void
}

/** Makes an emitter, and what ends it. */
export type Connect = (platform: Platform) => Promise<Made> | Made

interface Made {
  bus: Emitter
  end(): void
}

function emitter2(options: { wildcard?: boolean; delimiter?: string }): Made {
  const emitter = new EventEmitter2({ maxListeners: 0, ...options })
  const bus = {
    on(event: string, listener: Listener) {
      emitter.on(event, listener)
      return () => void emitter.off(event, listener)
    },
    emit: (event: string, payload: unknown) => void emitter.emit(event, payload),
  }
  return { bus, end: () => void emitter.removeAllListeners() }
}

/** By the name that stands in the tables. */
export const emitters: Record<string, Connect> = {
  async [OURS](platform) {
    const runtime = await makeRuntime(platform)
    const { $eventbus } = runtime.usePluginApi(PLUGIN)
    const bus: Emitter = { on: (event, listener) => $eventbus.on(event, listener), emit: $eventbus.emit }
    return { bus, end: () => runtime.dispose() }
  },
  mitt() {
    const emitter = mitt<Record<string, unknown>>()
    const bus = {
      on(event: string, listener: Listener) {
        emitter.on(event, listener)
        return () => emitter.off(event, listener)
      },
      emit: emitter.emit as Emitter["emit"],
    }
    return { bus, end: () => emitter.all.clear() }
  },
  eventemitter3() {
    const emitter = new EventEmitter()
    const bus = {
      on(event: string, listener: Listener) {
        emitter.on(event, listener)
        return () => void emitter.off(event, listener)
      },
      emit: (event: string, payload: unknown) => void emitter.emit(event, payload),
    }
    return { bus, end: () => void emitter.removeAllListeners() }
  },
  eventemitter2: () => emitter2({}),
  "eventemitter2 (wildcards)": () => emitter2({ wildcard: true, delimiter: "/" }),
}
