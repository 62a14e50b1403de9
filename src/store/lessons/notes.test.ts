// Bets and progress: kept, read back with suspicion, written as files that others can read, and forgotten whole.

import { beforeEach, expect, test } from 'vitest'
import type { LessonRow } from '../../worker/protocol.ts'
import { setClient } from '../client.ts'
import { fakeClient, type Fake } from '../testing.ts'
import { useNotes, wasRight, toCsv, toJson, type Bet } from './notes.ts'
import { readRows } from './rows.ts'

let fake: Fake
const fresh = () => useNotes.setState({ bets: [], reached: {}, files: {}, classCode: '', known: false, error: null })
beforeEach(() => {
  fake = fakeClient()
  setClient(fake.client)
  fresh()
})

const bet = (change: Partial<Bet> = {}): Bet => ({
  lesson: 'l06',
  step: 'l06.2',
  option: 'same',
  expected: 'other',
  holds: true,
  shown: [{ what: 'p(answer, plain)', value: 0.998 }],
  model: 'Storyteller',
  device: 'cpu',
  lang: 'en',
  own: false,
  at: 1_700_000_000_000,
  ...change,
})

test('a bet is right only where something can be said', () => {
  expect(wasRight(bet())).toBe(false)
  expect(wasRight(bet({ option: 'other' }))).toBe(true)
  expect(wasRight(bet({ option: null }))).toBeNull()
  expect(wasRight(bet({ holds: false }))).toBeNull()
  expect(wasRight(bet({ expected: null }))).toBeNull()
})

test('what was done comes back in another visit, and what is damaged is left out', async () => {
  const { addBet, reach, setClass, keepFile } = useNotes.getState()
  await addBet(bet())
  await addBet(bet({ at: 1_700_000_000_001, option: null }))
  await reach('l06', 2, false)
  await reach('l06', 4, true)
  await reach('l06', 0, false)
  expect(await setClass(' 7b-2 ')).toBe(true)
  expect(await setClass('two words')).toBe(false)
  await keepFile('mine', { name: 'mine.json', text: '{}', at: 1 })
  const rows = [...fake.lessons.values()]
  expect(rows).toHaveLength(5)
  for (const [i, odd] of [
    null,
    7,
    { id: 'x' },
    { kind: 'bet', id: 'y', step: 4 },
    { kind: 'class', code: 'a b' },
  ].entries()) {
    fake.lessons.set(`odd ${i}`, odd as unknown as LessonRow)
  }
  const read = readRows(await fake.client.lessons.all())
  expect(read.bets).toEqual([bet(), bet({ at: 1_700_000_000_001, option: null })])
  // its end was reached once: going back to the first step does not take that away
  expect(read.reached['l06']).toMatchObject({ step: 0, done: expect.any(Number) })
  expect(read.classCode).toBe('7b-2')
  expect(read.files).toEqual({ mine: { name: 'mine.json', text: '{}', at: 1 } })
})

test('forgetting erases all but the lesson files, here and on disk', async () => {
  await useNotes.getState().addBet(bet())
  await useNotes.getState().reach('l06', 1, false)
  await useNotes.getState().setClass('7b')
  await useNotes.getState().keepFile('mine', { name: 'mine.json', text: '{}', at: 1 })
  fake.lessons.set('bet of another version', { id: 'bet of another version' })
  await useNotes.getState().forget()
  expect([...fake.lessons.keys()]).toEqual(['file mine'])
  const { bets, reached, classCode, files } = useNotes.getState()
  expect({ bets, reached, classCode, files: Object.keys(files) }).toEqual({
    bets: [],
    reached: {},
    classCode: '',
    files: ['mine'],
  })
})

test('what cannot be written is told, and stays as long as the page', async () => {
  fake.client.lessons.write = () => Promise.reject(new Error('full'))
  await useNotes.getState().addBet(bet())
  expect(useNotes.getState().error?.message).toContain('full')
  expect(useNotes.getState().bets).toHaveLength(1)
})

test('the table has a line for each bet, and no cell that a spreadsheet would run', () => {
  const notes = {
    bets: [
      bet({ shown: [{ what: 'top(edited)', value: ' library, "x"' }], model: '=1+1' }),
      bet({ option: null, at: 1_700_000_000_500 }),
    ],
    reached: {},
    files: {},
    classCode: '7b',
  }
  const lines = toCsv(notes).split('\r\n')
  expect(lines[0]).toBe('\uFEFFclass,lesson,step,bet,expected,right,holds,values,model,device,language,own,time')
  expect(lines[1]).toBe(
    '7b,l06,l06.2,same,other,false,true,"top(edited) =  library, ""x""",\'=1+1,cpu,en,false,2023-11-14T22:13:20.000Z',
  )
  expect(lines[2]).toContain('7b,l06,l06.2,not sure,other,,true,')
  expect(lines).toHaveLength(4)
  const json = JSON.parse(toJson(notes)) as { format: string; class: string; bets: { right: boolean | null }[] }
  expect([json.format, json.class, json.bets.map(({ right }) => right)]).toEqual([
    'glassbox-lessons',
    '7b',
    [false, null],
  ])
})
