// The shortest config.json of each family, for tests that walk over all of them.

import type { Family } from '../model/describe.ts'

/** What tells a family that shares its model_type with another one. */
const telling: Readonly<Record<string, Record<string, unknown>>> = { chatglm: { position_encoding_2d: true } }

export const configOf = ({ name, types }: Pick<Family, 'name' | 'types'>): Record<string, unknown> => ({
  model_type: types[0],
  ...telling[name],
})
