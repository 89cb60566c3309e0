// What the build chooses for each entry: parts-later.ts or parts-inline.ts.

declare module "#parts" {
  export function loadPolling(): Promise<typeof import("./drivers/polling")>
  export function loadOffline(): Promise<typeof import("./offline")>
  export function loadRescue(): Promise<typeof import("./core/rescue")>
}
