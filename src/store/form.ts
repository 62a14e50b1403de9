// What the engine would say of a form, without a model. Loaded when a form is typed.

import type { ErrorData, GenerateRequest } from '../worker/protocol.ts'
import { toData } from './client.ts'

export interface CheckedForm {
  error: ErrorData | null
  /** keywords that are not held to */
  ignored: readonly string[]
}

export async function checkForm(constraint: NonNullable<GenerateRequest['constraint']>): Promise<CheckedForm> {
  try {
    const { placesOf } = await import('../engine/constrain/places.ts')
    return { error: null, ignored: placesOf(constraint).ignored }
  } catch (error) {
    return { error: toData(error), ignored: [] }
  }
}
