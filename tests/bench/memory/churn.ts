// Creates and disposes scopes with listeners of every kind, answered queries, and incoming frames. After each turn both
// heaps must return to their size, and each turn checks its counts. Channels are the config's, or new in each turn;
// names on the bus are always new.
import { expectSame, type Platform } from "../harness/cases"
import { makeBackend } from "../peers/backend"
import { itemOf } from "../peers/items"
import { type Connected, channelOf, connectRuntime, PLUGIN } from "../peers/raclette"

const backend = makeBackend((path) => JSON.stringify(itemOf(path.slice(6))))
let connected: Connected | undefined
let turns = 0

/** Makes the runtime that all turns share. */
export async function prepare(platform: Platform): Promise<void> {
  connected = await connectRuntime(platform, { fetch: backend.fetch })
}

/** Runs turns for some milliseconds. Returns their number. */
export async function churn(ms: number, makesUpChannels: boolean): Promise<number> {
  if (!connected) throw new Error("Call prepare() first")
  const end = performance.now() + ms
  const before = turns
  while (performance.now() < end) {
    for (let i = 0; i < 10; i++) {
      await turn(connected, turns, makesUpChannels ? `key${turns}` : "itemCreated")
      turns++
    }
    await new Promise((resolve) => setTimeout(resolve))
  }
  return turns - before
}

async function turn({ runtime, socket }: Connected, i: number, key: string): Promise<void> {
  const api = runtime.usePluginApi(PLUGIN)
  const { $data, $eventbus, $socket } = api
  let heard = 0
  const listener = () => heard++
  $socket.on("itemUpdated", listener)
  $socket.once(key, listener)
  $socket.onAny(listener)
  $eventbus.on(`ui/name${i}`, listener)
  $eventbus.on("ui/*", listener)
  $eventbus.once(`never/${i}`, listener)
  const query = $data.item?.get?.({ params: { _id: String(i % 1000) }, options: { live: true } })
  query?.dataArr.subscribe(listener)
  await query?.execute()
  socket.feed(`42["${channelOf("itemUpdated")}",{"type":"dataUpdate","body":{"items":[]}}]`)
  socket.feed(`42["${channelOf(key)}",${i}]`)
  $eventbus.emit(`ui/name${i}`, i)
  expectSame(query?.dataArr.value[0]?._id, String(i % 1000), "the item")
  // The subscriber at once and with the answer; the socket's listeners twice each; the bus' two.
  expectSame(heard, 8, "calls of listeners")
  api.dispose()
}
