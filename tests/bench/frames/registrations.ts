// Registering and removing a listener of the socket, as a component does that comes and goes. After each sample one frame
// comes in: the listener that stayed must hear it, and those that were removed must not.
import mitt from "mitt"
import { type Case, expectSame, OURS, type Platform, type Run } from "../harness/cases"
import { channelOf, connectRuntime, PLUGIN } from "../peers/raclette"
import { connectIo } from "../peers/socket-io"

const KEY = "itemUpdated"
const FRAME = `42${JSON.stringify([channelOf(KEY), { type: "dataUpdate", body: { items: [] } }])}`

interface Client {
  /** Returns a function that removes the listener. */
  on(listener: () => void): () => void
  /** Lets one event come in. */
  feed(): void
  end(): void
}

const clients: Record<string, (platform: Platform) => Client | Promise<Client>> = {
  async [OURS](platform) {
    const { runtime, socket } = await connectRuntime(platform)
    const { $socket } = runtime.usePluginApi(PLUGIN)
    return { on: (listener) => $socket.on(KEY, listener), feed: () => socket.feed(FRAME), end: () => runtime.dispose() }
  },
  async "socket.io-client"() {
    const { client, socket } = await connectIo()
    return {
      on(listener) {
        client.on(channelOf(KEY), listener)
        return () => client.off(channelOf(KEY), listener)
      },
      feed: () => socket.feed(FRAME),
      end: () => client.close(),
    }
  },
  mitt() {
    const emitter = mitt()
    return {
      on(listener) {
        emitter.on(KEY, listener)
        return () => emitter.off(KEY, listener)
      },
      feed: () => emitter.emit(KEY),
      end: () => emitter.all.clear(),
    }
  },
}

async function drive({ on, feed, end }: Client): Promise<Run> {
  let [stayed, removed, runs] = [0, 0, 0]
  on(() => stayed++)
  return {
    run(times) {
      runs++
      for (let i = 0; i < times; i++) on(() => removed++)()
      feed()
    },
    check() {
      expectSame(stayed, runs, "calls of the listener that stayed")
      expectSame(removed, 0, "calls of removed listeners")
    },
    end,
  }
}

/** The case of registrations. */
export const registrationCase = (platform: Platform): Case => ({
  group: "socket",
  name: "on and off",
  contenders: Object.entries(clients).map(([name, connect]) => ({
    name,
    prepare: async () => drive(await connect(platform)),
  })),
  budget: { peer: "mitt", ratio: 5 },
})
