// The default behaviour of operations: read, create, update, delete and restore rows of a table, like the routes of the
// example backend. The answer is also the payload of the events.
import { type Reply, reply } from "./answers"
import type { Operation } from "./routes"
import { copied, type Table } from "./store"
import type { Item, Payload } from "./types"

/** Input of an operation. */
export interface Input {
  /** Values of the path's placeholders. */
  params: Item
  query: Item
  body: unknown
}

export interface Outcome {
  status: number
  payload: Payload
}

export function isObject(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** True for `{ type, body: { items | deleted } }`. */
export function isPayload(value: unknown): value is Payload {
  return isObject(value) && isObject(value.body) && ("items" in value.body || "deleted" in value.body)
}

/** The placeholder for an item's id; undefined for the path of a list. */
function idParamOf({ entity, kind, placeholders, endsInPlaceholder }: Operation, idKey: string): string | undefined {
  const usual = [idKey, "_id", "id", `${entity.name}Id`, `${entity.config.type}Id`]
  const known = usual.find((name) => placeholders.includes(name))
  if (known !== undefined || kind === "create" || (kind === "read" && !endsInPlaceholder)) return known
  return placeholders.at(-1)
}

/** Performs an operation. Throws a `Reply` to refuse it. */
export function perform(operation: Operation, table: Table, input: Input, changes: Item = {}): Outcome {
  const idParam = idParamOf(operation, table.idKey)
  const { [idParam ?? ""]: fromPath, ...others } = input.params
  const sent = isObject(input.body) ? input.body : {}
  const id = fromPath ?? sent[table.idKey] ?? sent.id ?? input.query[table.idKey] ?? input.query.id
  if (operation.kind === "read")
    return fromPath === undefined ? list(operation, table, others, input.query) : one(operation, table, id)
  if (operation.kind === "create" && idParam === undefined) return create(operation, table, others, input.body, changes)
  const fields = { ...others, ...withoutOwn(table, sent), ...changes }
  return change(operation, table, id, fields)
}

function list(operation: Operation, table: Table, params: Item, query: Item): Outcome {
  const { limit, offset, ...rest } = query
  const filter = Object.entries({ ...rest, ...params }).filter(([name]) => table.hasField(name))
  const numberOf = (value: unknown) => (value === undefined ? undefined : Number(value))
  const body = table.list(Object.fromEntries(filter), { limit: numberOf(limit), offset: numberOf(offset) })
  return { status: 200, payload: { type: operation.type, body } }
}

function one(operation: Operation, table: Table, id: unknown): Outcome {
  return { status: 200, payload: { type: operation.type, body: { items: [table.get(id) ?? refuse(operation, id)] } } }
}

function create(operation: Operation, table: Table, params: Item, body: unknown, changes: Item): Outcome {
  const all = Array.isArray(body) ? body : [body]
  const items = all.map((parts) => {
    const fields = { ...params, ...(isObject(parts) && withoutOwn(table, parts)), ...changes }
    const conflict = `There is a ${operation.entity.name} ${fields[table.idKey]} already`
    return table.create(fields) ?? thrown(reply(409, conflict))
  })
  return { status: 201, payload: { type: operation.type, body: { items } } }
}

function change(operation: Operation, table: Table, id: unknown, fields: Item): Outcome {
  const { kind, type } = operation
  if (kind === "delete" || kind === "hardDelete") {
    const deleted = kind === "delete" ? table.delete(id) : table.deleteHard(id)
    if (!deleted) return refuse(operation, id)
    return { status: 200, payload: { type, body: { items: [deleted], deleted: [deleted[table.idKey]] } } }
  }
  const changed = kind === "restore" ? table.restore(id) : table.update(id, fields)
  if (!changed) return refuse(operation, id)
  return { status: 200, payload: { type, body: { items: [changed.after], prevVersion: changed.before } } }
}

/** Clients may send whole items back; fields that only the backend writes are ignored. */
function withoutOwn(table: Table, sent: Item): Item {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => !table.ownFields.includes(name)))
}

function refuse(operation: Operation, id: unknown): never {
  return thrown(reply(404, `There is no ${operation.entity.name} ${id}`))
}

function thrown(refusal: Reply): never {
  throw refusal
}

/** Applies a change that the test reports. Returns its payload, or undefined if `given` is neither an item nor an id. */
export function happened(operation: Operation, table: Table, given: unknown): Payload | undefined {
  const { kind, type } = operation
  const all = Array.isArray(given) ? given : [given]
  if (kind === "delete" || kind === "hardDelete") {
    if (!all.every((one) => isObject(one) || typeof one === "string" || typeof one === "number")) return undefined
    const gone = all.map((one) => goneOf(operation, table, one))
    return { type, body: { items: gone, deleted: gone.map((item) => item[table.idKey]) } }
  }
  if (kind === "read" || all.length === 0 || !all.every(isObject)) return undefined
  const prevVersion = kind === "create" ? undefined : table.get(all[0]?.[table.idKey])
  const items = all.map((item) => table.put(copied(item)))
  return { type, body: { items, ...(prevVersion && { prevVersion }) } }
}

function goneOf({ kind }: Operation, table: Table, given: unknown): Item {
  const id = isObject(given) ? given[table.idKey] : given
  const row = kind === "delete" ? table.delete(id) : table.deleteHard(id)
  return row ?? { ...(isObject(given) && copied(given)), [table.idKey]: id, isDeleted: true }
}
