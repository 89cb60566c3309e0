// The public types of raclette-wasm, in one place and free of code: what a user reads after the README.
// Every other file of the binding is checked against these, so a type here never promises what the code
// does not do.
export type * from "./config"
export type { LifecycleDriver, TimersDriver, TransportName } from "./drivers"
export type * from "./eventbus"
export type * from "./log"
export type * from "./options"
export type * from "./payload"
export type * from "./plugin-api"
export type * from "./query"
export type * from "./refs"
export type * from "./register"
export type * from "./runtime"
export type * from "./socket"
export type * from "./storage"
export type * from "./typed"
export type * from "./waiting"
