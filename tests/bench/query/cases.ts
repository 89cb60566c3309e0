// Queries beside query-core, on a backend that answers at once; see reads.ts and active.ts.
import { suite } from "../harness/suite"
import { activeCases } from "./active"
import { readCases } from "./reads"

export const run = suite((platform) => [...readCases(platform), ...activeCases(platform)])
