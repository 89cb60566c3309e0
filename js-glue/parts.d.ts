// What the build chooses for each entry: parts-later.ts or parts-inline.ts.

declare module "#parts" {
  export function loadPolling(): Promise<typeof import("./drivers/polling")>
  export function loadIndexedDb(): Promise<typeof import("./drivers/indexed-db")>
  export function loadRescue(): Promise<typeof import("./core/rescue")>
}
