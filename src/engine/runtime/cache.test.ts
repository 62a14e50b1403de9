// The arithmetic beside the runtimes: what of a cache can be kept, and where a weight is cut.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EngineError } from '../errors.ts'
import { codesBytes, quantOf, scalesBytes, storageFormats, type WeightLayout } from '../quants/weight.ts'
import { checkFits, reusablePrefix } from './cache.ts'
import { splitRows } from './placement.ts'

describe('the prefix that can be kept', () => {
  test('is the longest common one, but never the whole prompt', () => {
    expect(reusablePrefix([], [1, 2])).toBe(0)
    expect(reusablePrefix([1, 2, 3], [1, 2, 4])).toBe(2)
    expect(reusablePrefix([1, 2, 3], [1, 2, 3, 4])).toBe(3)
    expect(reusablePrefix([1, 2, 3], [1, 2, 3])).toBe(2) // the last token runs again for its logits
    expect(reusablePrefix([1, 2, 3, 4], [1, 2])).toBe(1)
    expect(reusablePrefix([9, 2, 3], [1, 2, 3])).toBe(0)
  })
})

test('what does not fit is refused with all three numbers', () => {
  expect(() => checkFits(3, 5, 8)).not.toThrow()
  try {
    checkFits(4, 5, 8)
    expect.fail()
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONTEXT_FULL', facts: { count: 5, context: 8, length: 4 } })
    expect((error as EngineError).message).toMatch(/5 more tokens.*holds 8 and 4 are in it/)
  }
})

describe('cutting a weight by rows', () => {
  const layouts = fc
    .record({
      format: fc.constantFrom(...storageFormats),
      rows: fc.integer({ min: 1, max: 5000 }),
      blocksPerRow: fc.integer({ min: 1, max: 12 }),
      ragged: fc.integer({ min: 0, max: 31 }),
    })
    .map(({ format, rows, blocksPerRow, ragged }): WeightLayout => {
      const { block, fits } = quantOf(format)
      const widths = [32 * blocksPerRow + ragged, 32 * blocksPerRow, 256 * blocksPerRow]
      return { format, rows, block, cols: widths.find(fits)! }
    })

  test('covers every row once, in parts whose planes fit and add up', () => {
    fc.assert(
      fc.property(layouts, fc.integer({ min: 1, max: 64 }), (layout, KiB) => {
        const maxBinding = KiB * 1024
        let parts
        try {
          parts = splitRows(layout, maxBinding)
        } catch (error) {
          expect(error).toMatchObject({ code: 'LIMIT_TOO_SMALL', facts: { found: maxBinding } })
          expect(Math.max(codesBytes({ ...layout, rows: 64 }), scalesBytes({ ...layout, rows: 64 }))).toBeGreaterThan(
            maxBinding,
          )
          return
        }
        let at = 0,
          codes = 0,
          scales = 0
        for (const { rowStart, rows } of parts) {
          expect(rowStart).toBe(at)
          expect(rowStart % 64).toBe(0) // biases stay aligned to 256 bytes, NF4 blocks stay whole
          const part = { ...layout, rows }
          expect(codesBytes(part)).toBeLessThanOrEqual(maxBinding)
          expect(scalesBytes(part)).toBeLessThanOrEqual(maxBinding)
          at += rows
          codes += codesBytes(part)
          // what all rows share stands in every part
          scales += scalesBytes(part) - (at > rows ? (quantOf(part.format).sharedScales?.(part) ?? 0) : 0)
        }
        // a plane's parts laid end to end are the plane: uploads are cut by these numbers
        expect({ at, codes, scales }).toEqual({
          at: layout.rows,
          codes: codesBytes(layout),
          scales: scalesBytes(layout),
        })
      }),
    )
  })
})
