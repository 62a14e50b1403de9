// Words of the inside panel: many, so each language has a file.

import { en } from './inside.en.ts'
import { zh } from './inside.zh.ts'

export const inside = { en, zh }
