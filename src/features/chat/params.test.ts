import { expect, it } from 'vitest'
import fc from 'fast-check'
import { stopToText, textToStop } from './params.ts'

it('reads back every list of stop texts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', '中', '\\', 'n', '\n', '\t', ' ') })),
      (stop) => {
        expect(textToStop(stopToText(stop))).toEqual(stop)
      },
    ),
  )
})
