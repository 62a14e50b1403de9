import { beforeEach, expect, test, vi } from 'vitest'
import type { Edit, Glass, GlassInfo, GlassToken, Watch } from '../worker/protocol.ts'
import { setClient } from './client.ts'
import { useInspect } from './inspect.ts'
import { useModels, type ActiveModel } from './models.ts'
import { fakeClient } from './testing.ts'

const tokens = [1, 2, 3].map((id, position) => ({ position, id, text: `w${id}`, generated: position === 2, logprob: position ? -1 : null }) as GlassToken)
const aborted = Object.assign(new Error('stopped'), { code: 'ABORTED', facts: {} })

/** A text of 40 tokens that is read ten at a time, whenever it was not read under the present edits. */
function slowGlass() {
  let edits: Edit[] = [], read = 0
  const state = { reads: 0, gate: Promise.resolve() }
  const reading = async (watch?: Watch): Promise<void> => {
    for (; read < 40; read += 10, state.reads++) {
      watch?.onProgress?.({ done: read, total: 40 })
      if (watch?.signal?.aborted) throw new (await import('../engine/errors.ts')).EngineError('ABORTED', aborted.message)
      await state.gate
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
  }
  const glass = {
    read: reading,
    tokens: async () => { await reading(); return tokens },
    info: () => Promise.resolve({ source: 'live', layers: 2, heads: 2, length: 3, edits } as unknown as GlassInfo),
    lens: () => Promise.resolve([{ top: [] }]),
    setEdits: async (next: Edit[], watch?: Watch) => {
      const old = edits
      edits = next
      read = 0
      try { await reading(watch) } catch (error) { edits = old; read = 0; throw error }
      return { edits, tokens }
    },
  } as unknown as Glass
  return { glass, state }
}

let slow: ReturnType<typeof slowGlass>
beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('removeEventListener', () => undefined)
  vi.stubGlobal('location', { hash: '#/attention' })
  vi.stubGlobal('history', { replaceState: () => undefined })
  slow = slowGlass()
  setClient({ ...fakeClient().client, glass: slow.glass })
  useModels.setState({ active: { id: `m${Math.floor(performance.now() * 1000)}`, name: 'M', state: 'ready' } as ActiveModel })
})
const until = (ready: () => boolean): Promise<void> => vi.waitFor(() => expect(ready()).toBe(true), { interval: 2 })

test('the first look says how far it is, can be stopped, and is taken up where it was', async () => {
  const seen: number[] = []
  const leave = useInspect.subscribe(({ reading }) => { if (reading && reading.done !== seen.at(-1)) seen.push(reading.done) })
  const close = useInspect.getState().open()
  await until(() => (useInspect.getState().reading?.done ?? 0) >= 10)
  useInspect.getState().stopReading()
  await until(() => useInspect.getState().state === 'stopped')
  expect(useInspect.getState()).toMatchObject({ reading: null, info: null })
  const { reads } = slow.state
  expect(reads).toBeLessThan(4)
  // another panel does not read on unasked
  close()
  const again = useInspect.getState().open()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(slow.state.reads).toBe(reads)
  await useInspect.getState().refresh()
  expect(useInspect.getState()).toMatchObject({ state: 'ready', reading: null, tokens })
  expect(slow.state.reads).toBe(4)
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  leave()
  again()
})

test('an edit that is stopped leaves the ones before, and the text read under them', async () => {
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  const change = useInspect.getState().setEdits([{ kind: 'skip', layer: 0, part: 'mlp' }])
  await until(() => (useInspect.getState().reading?.done ?? 0) >= 10)
  expect(useInspect.getState().editing).toBe(true)
  useInspect.getState().stopReading()
  expect(await change).toBeNull()
  expect(useInspect.getState()).toMatchObject({ state: 'ready', edits: [], editing: false, error: null, reading: null })
  expect(slow.state.reads).toBeGreaterThanOrEqual(4 + 1 + 4)
  close()
})
