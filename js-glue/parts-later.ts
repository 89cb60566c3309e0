// Parts of the package that most pages never need, for an entry that has them in files beside it: each is a chunk that
// stands alone (scripts/build.mjs), and is loaded when it is asked for.

export const loadPolling = () => import("./drivers/polling")
export const loadOffline = () => import("./offline")
export const loadRescue = () => import("./core/rescue")
