// One attempt with a number of clients and a rate, on a rig that is reused while everything holds. A broken rig, or one
// with too many clients, is replaced, so that no step is affected by another.
import { complaints } from "./judge"
import type { Percentiles } from "./percentiles"
import type { Observed } from "./protocol"
import { Rig } from "./rig"

/** What is tried. */
export interface Setting {
  clients: number
  /** Writes a second. */
  rate: number
}

/** What came of it. */
export interface Trial extends Setting {
  /** How long the clients added by this trial took to connect, in ms; undefined if it added none, or one failed. */
  connectTime?: Percentiles
  /** undefined if the clients could not connect. */
  observed?: Observed
  /** Why the level does not hold; empty if it does. */
  complaints: string[]
}

export interface LabOptions {
  /** How long the writes of a step last, in seconds. */
  seconds: number
  /** How many writes a new rig is warmed up by. */
  warmUp: number
}

export class Lab {
  readonly #options: LabOptions
  #rig: Rig | undefined

  constructor(options: LabOptions) {
    this.#options = options
  }

  /** Tries a setting, in the form that a ramp takes. */
  async attempt(setting: Setting): Promise<{ result: Trial; holds: boolean }> {
    const result = await this.#try(setting)
    const holds = result.complaints.length === 0
    if (!holds) await this.close()
    return { result, holds }
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    const rig = this.#rig
    this.#rig = undefined
    await rig?.close()
  }

  async #try({ clients, rate }: Setting): Promise<Trial> {
    const rig = await this.#rigFor(clients)
    const trial: Trial = { clients, rate, complaints: [] }
    if (rig.clients < clients) {
      try {
        trial.connectTime = await rig.grow(clients)
      } catch (error) {
        return { ...trial, complaints: [(error as Error).message] }
      }
    }
    const observed = await rig.run({ pace: { rate }, writes: Math.max(1, Math.round(rate * this.#options.seconds)) })
    return { ...trial, observed, complaints: complaints(observed) }
  }

  async #rigFor(clients: number): Promise<Rig> {
    if (this.#rig && this.#rig.clients > clients) await this.close()
    this.#rig ??= await Rig.create({ clients, writes: this.#options.warmUp })
    return this.#rig
  }
}
