// A creation whose item has arrived while its own answer is still awaited. Lists that have not read the item yet show
// its known version, not the creation's guess, and never go back to an older one.
import { expect, it } from "vitest"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { StorageDriver, StoredMutation } from "../../../js-glue/types"
import { answer, at, configWith, created, history, type Item, read, settle, shown, updated, world } from "./harness"

const first = { _id: "1", name: "a" }
const version = (name: string, second: number) => ({ _id: "9", name, updatedAt: at(second) })

/** A live list, a list that follows no events, and a creation whose item arrives by an event, then changes. */
async function arrived() {
  const made = await world()
  const live = await shown(made, [first], { options: { useCache: false, live: true } })
  const other = await shown(made, [first], { options: { useCache: false } })
  void made.todo.create({ options: { optimistic: true } }).execute({ _id: "9", name: "guess" })
  await settle()
  const post = made.platform.requests.shift()
  const names = history(other, (items) => items[1]?.name)
  made.event("todoCreated", "dataCreate", created(version("b", 1)).body)
  made.event("todoUpdated", "dataUpdate", updated(version("c", 2)).body)
  await settle()
  return { ...made, live, other, post, names }
}

const nameOf = ({ dataArr }: { dataArr: { value: Item[] } }) => dataArr.value[1]?.name

it("shows its newest version in every list", async () => {
  const { live, other } = await arrived()
  expect([nameOf(live), nameOf(other)]).toEqual(["c", "c"])
})

it("does not go back when the list that took it in reads without it", async () => {
  const { live, other, platform, names } = await arrived()
  void live.execute()
  await answer(platform, read(first))
  expect([nameOf(live), nameOf(other)]).toEqual([undefined, "c"])
  expect(names).toEqual(["guess", "b", "c"])
})

it("does not go back when its answer describes the first version", async () => {
  const { live, other, platform, post, names } = await arrived()
  void live.execute()
  await answer(platform, read(first))
  post?.answered(201, created(version("b", 1)))
  await settle()
  expect(nameOf(other)).toBe("c")
  expect(names).toEqual(["guess", "b", "c"])
})

it("disappears when it is deleted, whatever else waits for it", async () => {
  const { live, other, todo, event } = await arrived()
  void todo.update({ options: { optimistic: true } }).execute({ _id: "9", name: "d" })
  await settle()
  expect(nameOf(other)).toBe("d")
  event("todoDeleted", "dataDelete", { items: [], deleted: ["9"] })
  await settle()
  expect([nameOf(live), nameOf(other)]).toEqual([undefined, undefined])
})

/** A creation of item 9 that another page stored and left behind. */
const leftBehind: StoredMutation = {
  ...{ format: 1, key: "of-another-1", order: 1, pluginKey: "pacifico__todo", entity: "todo", operation: "create" },
  ...{ params: '{"_id":"9","name":"guess"}', headers: [], options: { optimistic: true } },
}

it("shows its known version when another page left the creation behind", async () => {
  let receive = (_mutations: StoredMutation[]) => {}
  const memory = memoryStorage() as StorageDriver
  const load: StorageDriver["load"] = (heir = {}) => {
    receive = heir.receive ?? receive
    return memory.load(heir)
  }
  const made = await world({ config: configWith({ offlineMode: true }), runtime: { storage: { ...memory, load } } })
  const options = { useCache: false }
  const [live, other] = [
    await shown(made, [first], { options: { ...options, live: true } }),
    await shown(made, [first], { options }),
  ]
  made.event("todoCreated", "dataCreate", created(version("b", 1)).body)
  made.event("todoUpdated", "dataUpdate", updated(version("c", 2)).body)
  await settle()
  receive([leftBehind])
  await settle()
  expect([nameOf(live), nameOf(other)]).toEqual(["c", "c"])
  const post = made.platform.requests.shift()
  void live.execute()
  await answer(made.platform, read(first))
  expect([nameOf(live), nameOf(other)]).toEqual([undefined, "c"])
  post?.answered(201, created(version("b", 1)))
  await settle()
  expect([nameOf(live), nameOf(other)]).toEqual([undefined, "c"])
  expect(made.runtime.queued.value).toEqual([])
})
