// The same parts for an entry that is one file.
import { rescue } from "./core/rescue"
import { indexedDbStorage } from "./drivers/indexed-db"
import { openPolling } from "./drivers/polling"

export const loadPolling = async () => ({ openPolling })
export const loadIndexedDb = async () => ({ indexedDbStorage })
export const loadRescue = async () => ({ rescue })
