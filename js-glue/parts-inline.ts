// The same parts for an entry that is one file.
import { rescue } from "./core/rescue"
import { openPolling } from "./drivers/polling"
import * as offline from "./offline"

export const loadPolling = async () => ({ openPolling })
export const loadOffline = async () => offline
export const loadRescue = async () => ({ rescue })
