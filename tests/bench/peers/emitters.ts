// The event bus and its peers behind one thin interface: one call each for `on`, unsubscribe and `emit`.

import EventEmitter2 from "eventemitter2"
import { EventEmitter } from "eventemitter3"
import mitt from "mitt"
import { OURS, type Platform } from "../harness/cases"
import { makeRuntime, PLUGIN } from "./raclette"

type Listener = (payload: unknown) => void

export interface Emitter {
  /** Returns a function that unsubscribes. */
  on(event: string, listener: Listener): () => void
  emit(event: string, payload: unknown): void
}

/** Creates an emitter, and a function that disposes of it. */
export type Connect = (platform: Platform) => Promise<Made> | Made

interface Made {
  bus: Emitter
  end(): void
}

/** An emitter of Node's kind. */
interface NodeEmitter {
  on(event: string, listener: Listener): unknown
  off(event: string, listener: Listener): unknown
  emit(event: string, payload: unknown): unknown
  removeAllListeners(): unknown
}

function adapt(emitter: NodeEmitter): Made {
  const bus = {
    on(event: string, listener: Listener) {
      emitter.on(event, listener)
      return () => void emitter.off(event, listener)
    },
    emit: (event: string, payload: unknown) => void emitter.emit(event, payload),
  }
  return { bus, end: () => void emitter.removeAllListeners() }
}

/** By their names in the tables. */
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
  eventemitter3: () => adapt(new EventEmitter()),
  eventemitter2: () => adapt(new EventEmitter2({ maxListeners: 0 })),
  "eventemitter2 (wildcards)": () => adapt(new EventEmitter2({ maxListeners: 0, wildcard: true, delimiter: "/" })),
}
