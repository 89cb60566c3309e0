// The same parts for an entry that is one file.
import { rescue } from "./core/rescue"
import { openPolling } from "./drivers/polling"
import { indexedDbStorage, PersistedMutations, StoredMutations } from "./offline"

export const loadPolling = async () => ({ openPolling })
export const loadOffline = async () => ({ indexedDbStorage, PersistedMutations, StoredMutations })
export const loadRescue = async () => ({ rescue })
