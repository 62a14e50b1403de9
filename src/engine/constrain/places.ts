// A form as its places; what reads one without a model's tokens, as the page does while one is typed.

import type { Constraint } from '../types.ts'
import { utf8 } from './characters.ts'
import { valuePlaces } from './json.ts'
import { END, type Node } from './machine.ts'
import { patternPlaces, readPattern } from './pattern.ts'
import { readSchema } from './schema.ts'

/** @returns where its texts begin, and the keywords of the schema that ask for more than is held to @throws CONSTRAINT_INVALID */
export function placesOf(constraint: Constraint): { start: Node; ignored: string[] } {
  if (constraint !== 'json' && 'pattern' in constraint) {
    return { start: patternPlaces(readPattern(constraint.pattern, true), END, utf8), ignored: [] }
  }
  const { value, ignored } = readSchema(constraint === 'json' ? { type: 'object' } : constraint.schema)
  return { start: valuePlaces(value), ignored }
}
