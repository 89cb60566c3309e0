// What a runtime needs whose plugins have an entity with `offlineMode`, and the storage in IndexedDB. A chunk of its own,
// since most pages never need it.
export { PersistedMutations } from "./api/data/persisted-mutations"
export { StoredMutations } from "./api/data/stored-mutations"
export { indexedDbStorage } from "./drivers/indexed-db"
