import { expect, it } from 'vitest'
import { finishedUpTo } from './sentences.ts'

it.each([
  ['Once upon a ti', ''],
  ['Once upon a time. The', 'Once upon a time.'],
  ['It is 3.5 m', ''],
  ['“Hi!” she said. Then', '“Hi!” she said.'],
  ['从前有一只猫。它很', '从前有一只猫。'],
  ['他说：“你好！”然后', '他说：“你好！”'],
  ['a line\nand', 'a line\n'],
])('%s → %s', (text, said) => expect(text.slice(0, finishedUpTo(text, 0, false))).toBe(said))

it('says every character once, whatever the steps', () => {
  const text = '从前有一只猫。它很小！ One day. It ran away\nand came back'
  let said = ''
  for (let n = 1; n <= text.length; n++) {
    said += text.slice(said.length, finishedUpTo(text.slice(0, n), said.length, n === text.length))
  }
  expect(said).toBe(text)
})
