// Parts of the package that most pages never need, for an entry that has them in files beside it: each is a chunk that
// stands alone (scripts/build.mjs), and is loaded when it is asked for.

export const loadPolling = () => import("./drivers/polling")
export const loadIndexedDb = () => import("./drivers/indexed-db")
export const loadRescue = () => import("./core/rescue")
