// Slots of prompts.

import { expect, test } from 'vitest'
import { fill } from './fill.ts'

test('slots are filled with words that have slots, and the blank of a model stays', () => {
  const slots = new Map([
    ['there', ' {place}'],
    ['place', 'garden'],
    ['gap', 'The {mask} barked at {name}.'],
    ['name', 'Tom'],
  ])
  expect(fill('in the{there}: {gap}', slots)).toBe('in the garden: The {mask} barked at Tom.')
})

test('what nothing fills, and what is filled with itself, is refused', () => {
  const reason = (text: string, slots: ReadonlyMap<string, string>): unknown => {
    try {
      return fill(text, slots)
    } catch (error) {
      return (error as { facts: Record<string, unknown> }).facts['reason']
    }
  }
  expect(reason('{who}', new Map())).toBe('slot')
  expect(reason('{a}', new Map([['a', 'x {a}']]))).toBe('circle')
})
