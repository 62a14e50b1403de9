// The folders of fixtures/golden, and which of them belong to families that are still to come. golden.test.ts expects a
// pending one to be UNRUN, so a family that begins to run must leave the list; who adds a family deletes its lines.

import { readdirSync } from 'node:fs'

const folder = 'fixtures/golden'

/** goldens that no family computes yet */
export const pending: readonly string[] = []

/** every folder of fixtures/golden, in order */
export const allGoldens: readonly string[] = readdirSync(folder).sort()
/** those that must run */
export const goldens: readonly string[] = allGoldens.filter((name) => !pending.includes(name))
