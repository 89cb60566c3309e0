// The public types of raclette-wasm, in one place and free of code: what a user reads after the README.
// Every other file of the binding is checked against these, so a type here never promises what the code
// does not do.
export type * from "./types/config"
export type * from "./types/errors"
export type * from "./types/eventbus"
export type * from "./types/log"
export type * from "./types/options"
export type * from "./types/payload"
export type * from "./types/plugin-api"
export type * from "./types/query"
export type * from "./types/refs"
export type * from "./types/register"
export type * from "./types/runtime"
export type * from "./types/socket"
export type * from "./types/storage"
export type * from "./types/typed"
export type * from "./types/waiting"
