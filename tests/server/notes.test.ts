// The notes plugin: an entity beside todo that shares a channelKey with it, and whose items and events reach only the
// users who may read them.
import { describe, expect, it } from "vitest"
import type { User } from "../../server-stub/raclette/types"
import { connectSocket, listen, makeApp, record, recordedUntilNow, requester } from "./harness"

const anna: User = { _id: "1", name: "anna", projects: ["garden"] }
const ben: User = { _id: "2", name: "ben", projects: ["garden", "roof"] }
const cleo: User = { _id: "3", name: "cleo" }

const texts = (answer: { body: { body: { items: { text: string }[] } } }) =>
  answer.body.body.items.map(({ text }) => text)

describe("notes", () => {
  it("are read by their owner, and by the members of their project", async () => {
    const app = await makeApp()
    const send = requester(app, anna)
    expect((await send("POST", "/note", { text: "mine" })).status).toBe(201)
    expect((await send("POST", "/note", { text: "ours", project: "garden" })).status).toBe(201)
    expect(texts(await send("GET", "/note/all"))).toEqual(["mine", "ours"])
    expect(texts(await requester(app, ben)("GET", "/note/all"))).toEqual(["ours"])
    expect(texts(await requester(app, cleo)("GET", "/note/all"))).toEqual([])
  })

  it("do not exist for other users", async () => {
    const app = await makeApp()
    const note = (await requester(app, anna)("POST", "/note", { text: "mine" })).body.body.items[0]
    for (const [method, url] of [
      ["POST", `/note/${note._id}/archive`],
      ["DELETE", `/note/${note._id}`],
    ] as const) {
      const answer = await requester(app, ben)(method, url)
      expect([answer.status, answer.body.message]).toEqual([404, `There is no note ${note._id}`])
    }
    const mine = await requester(app, anna)("GET", "/note/all")
    expect(mine.body.body.items).toEqual([note])
  })

  it("can be written only into the user's projects", async () => {
    const answer = await requester(await makeApp(), anna)("POST", "/note", { text: "x", project: "roof" })
    expect(answer).toEqual({
      status: 403,
      body: { statusCode: 403, error: "Forbidden", message: "You are not a member of the project roof" },
    })
  })

  it("are archived and deleted, also by another member", async () => {
    const app = await makeApp()
    const note = (await requester(app, anna)("POST", "/note", { text: "x", project: "garden" })).body.body.items[0]
    const archived = (await requester(app, ben)("POST", `/note/${note._id}/archive`)).body.body
    expect(archived.prevVersion).toEqual(note)
    expect(archived.items[0]).toMatchObject({ isArchived: true, lastEditor: "ben" })
    const all = requester(app, anna)
    expect(texts(await all("GET", "/note/all?isArchived=true"))).toEqual(["x"])
    expect(texts(await all("GET", "/note/all?isArchived=false"))).toEqual([])
    expect((await all("DELETE", `/note/${note._id}`)).body.body.deleted).toEqual([note._id])
    expect(texts(await all("GET", "/note/all"))).toEqual([])
  })

  it("are paged", async () => {
    const send = requester(await makeApp(), anna)
    for (const text of ["a", "b", "c"]) await send("POST", "/note", { text })
    const page = await send("GET", "/note/all?limit=1&offset=1")
    expect([texts(page), page.body.body.hasMore]).toEqual([["b"], true])
  })
})

describe("a channelKey that two plugins use", () => {
  it("is two channels, one per plugin", async () => {
    const { app, url } = await listen()
    const client = await connectSocket(app, url, anna)
    const events = record(client)
    const send = requester(app, anna)
    const note = await send("POST", "/note", { text: "x" })
    const todo = await send("POST", "/todo", { name: "y" })
    const [heard] = await recordedUntilNow(app, [client], [events])
    expect(heard?.filter(([name]) => name.endsWith("--mySuperFancyCustomEvent"))).toEqual([
      ["plugin_pacifico__notes--mySuperFancyCustomEvent", note.body],
      ["plugin_pacifico__todo--mySuperFancyCustomEvent", todo.body],
    ])
  })
})

describe("a channel that is limited to rooms", () => {
  it("reaches the users who may read, once each, and no others", async () => {
    const { app, url } = await listen()
    const clients = [await connectSocket(app, url, anna), await connectSocket(app, url, ben)]
    clients.push(await connectSocket(app, url, cleo))
    const records = clients.map(record)
    const send = requester(app, anna)
    const id = (await send("POST", "/note", { text: "mine" })).body.body.items[0]._id
    await send("POST", `/note/${id}/archive`)
    await send("POST", "/note", { text: "ours", project: "garden" })
    await send("DELETE", `/note/${id}`)
    const heard = await recordedUntilNow(app, clients, records)
    const names = heard.map((events) => events.map(([name]) => name.replace("plugin_pacifico__notes--", "")))
    const created = ["noteCreated", "mySuperFancyCustomEvent"]
    expect(names).toEqual([[...created, "noteArchived", ...created, "noteDeleted"], created, []])
  })
})
