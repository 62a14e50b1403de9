// What windows of a class say to each other: read with suspicion, of one room, the newest of the presenter that began last.

import { expect, test, vi } from 'vitest'
import { create } from 'zustand'
import { isNewer, join, readMessage, type ClassState, type Message } from './message.ts'
import { followed } from './presenting.ts'
import { isRoom, newRoom } from './room.ts'
import { mirrored, takeViews, viewsNow } from './views.ts'

const state = (change: Partial<ClassState> = {}): ClassState => ({
  driver: 'a',
  since: 10,
  seq: 1,
  lang: 'en',
  theme: 'projector',
  panel: 'attention',
  figure: 'figure-matrix',
  selection: { position: 3, layer: 1, head: 0 },
  run: 7,
  views: { attention: { mode: 'arcs' } },
  lesson: {
    title: 'T',
    step: 1,
    of: 3,
    ask: 'Which?',
    options: ['this', 'that'],
    act: '',
    settled: { say: 'So.', values: [{ label: 'p', value: '0.9' }] },
  },
  ...change,
})
const said = (change: object = {}): object => ({ kind: 'state', room: 'ACDE', state: { ...state(), ...change } })

test('a state is read as it was sent, in its room', () => {
  expect(readMessage(said(), 'ACDE')).toEqual({ kind: 'state', room: 'ACDE', state: state() })
  expect(readMessage(said(), 'ACDF')).toBeNull()
})

test.each([
  null,
  7,
  'state',
  [],
  { kind: 'state', room: 'ACDE' },
  said({ lang: 'fr' }),
  said({ theme: {} }),
  said({ seq: -1 }),
  said({ since: '10' }),
  said({ panel: 'x'.repeat(41) }),
  said({ selection: { position: 0.5, layer: 0, head: 0 } }),
  said({ selection: null }),
  said({ views: [] }),
  said({ views: { attention: 'arcs' } }),
  said({ lesson: { title: 'T' } }),
  said({ lesson: { ...state().lesson, ask: 'x'.repeat(3000) } }),
  said({ lesson: { ...state().lesson, options: [{}] } }),
  said({ lesson: { ...state().lesson, settled: { say: '', values: [{ label: 1, value: '' }] } } }),
  { kind: 'ask', room: 'ACDE', from: 'x', id: 1, method: 'probe', args: 'all' },
  { kind: 'answer', room: 'ACDE', to: 'x', id: 1, error: 'no' },
  { kind: 'hello', room: 'ACDE', from: {} },
  { kind: 'other', room: 'ACDE', id: 1 },
])('another message is not heard: %o', (data) => {
  expect(readMessage(data, 'ACDE')).toBeNull()
})

test('the newest of the presenter that began last counts', () => {
  const now = state({ seq: 5 })
  expect(isNewer(null, now)).toBe(true)
  expect(isNewer(now, state({ seq: 6 }))).toBe(true)
  expect(isNewer(now, state({ seq: 5 }))).toBe(false)
  expect(isNewer(now, state({ seq: 4 }))).toBe(false)
  expect(isNewer(now, state({ driver: 'b', since: 11, seq: 1 }))).toBe(true)
  expect(isNewer(now, state({ driver: 'b', since: 9, seq: 99 }))).toBe(false)
})

test('rooms have four letters, and an address names one', () => {
  for (let i = 0; i < 50; i++) expect(isRoom(newRoom())).toBe(true)
  expect(followed('#/follow/AC34?l=1')).toBe('AC34')
  for (const other of ['', '#/chat', '#/follow/', '#/follow/ac34', '#/follow/AC345', '#/follow/<b>1']) {
    expect(followed(other)).toBeNull()
  }
})

test('a window hears its own room only', async () => {
  const heard: Message[] = []
  const other = vi.fn<(message: Message) => void>()
  const [here, there, speaks] = [join('ACDE', (m) => heard.push(m)), join('ACDF', other), join('ACDE', () => undefined)]
  speaks.send({ kind: 'state', room: 'ACDE', state: state() })
  await expect.poll(() => heard).toEqual([{ kind: 'state', room: 'ACDE', state: state() }])
  expect(other).not.toHaveBeenCalled()
  for (const channel of [here, there, speaks]) channel.close()
})

test('how a panel is set is taken over, also by one that is loaded later, and nothing of another kind', () => {
  const early = create(() => ({ mode: 'matrix', mass: 0.7, key: null as number | null, own: 'kept' }))
  mirrored('early', early, ['mode', 'mass', 'key'])
  expect(viewsNow()['early']).toEqual({ mode: 'matrix', mass: 0.7, key: null })
  takeViews({ early: { mode: 'arcs', mass: 'much', key: 4, own: 'lost' }, late: { mode: 'flow' } })
  expect(early.getState()).toEqual({ mode: 'arcs', mass: 0.7, key: 4, own: 'kept' })
  const late = create(() => ({ mode: 'matrix' }))
  mirrored('late', late, ['mode'])
  expect(late.getState().mode).toBe('flow')
})
