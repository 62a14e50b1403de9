import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PrefixTable } from './prefix-table.ts'

test('finds what startsWith finds, from short to long', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '🦊', '\uffff', '\0'), maxLength: 6 })
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 30 }), word, word, (words, before, after) => {
      const text = `${before}a${after}`,
        found: string[] = []
      new PrefixTable(words).match(text, before.length, (piece) => found.push(piece))
      expect(found).toEqual(
        words.filter((one) => one !== '' && text.startsWith(one, before.length)).sort((a, b) => a.length - b.length),
      )
    }),
  )
})
