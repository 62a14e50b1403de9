import { beforeEach, expect, test, vi } from 'vitest'
import type { Edit, Glass, GlassInfo, GlassToken, Watch } from '../worker/protocol.ts'
import { undisturbed } from './ask.ts'
import { setClient } from './client.ts'
import { useChat } from './chat.ts'
import { useEdited } from './edited.ts'
import { useInspect } from './inspect.ts'
import { editsOfAnswer } from './inspect/edit.ts'
import { useModels, type ActiveModel } from './models.ts'
import { givenAgain, useRead } from './read.ts'
import { fakeClient, tokens as answer, type Fake } from './testing.ts'

const tokens = [1, 2, 3].map(
  (id, position) =>
    ({ position, id, text: `w${id}`, generated: position === 2, logprob: position ? -1 : null }) as GlassToken,
)
const aborted = Object.assign(new Error('stopped'), { code: 'ABORTED', facts: {} })

/** A text of 40 tokens that is read ten at a time, whenever it was not read under the present edits. */
function slowGlass() {
  let edits: Edit[] = [],
    read = 0
  const state = { reads: 0, gate: Promise.resolve() }
  const reading = async (watch?: Watch): Promise<void> => {
    for (; read < 40; read += 10, state.reads++) {
      watch?.onProgress?.({ done: read, total: 40 })
      if (watch?.signal?.aborted) {
        throw new (await import('../engine/errors.ts')).EngineError('ABORTED', aborted.message)
      }
      await state.gate
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
  }
  const glass = {
    read: reading,
    tokens: async () => {
      await reading()
      return tokens
    },
    info: () => Promise.resolve({ source: 'live', layers: 2, heads: 2, length: 3, edits } as unknown as GlassInfo),
    lens: () => Promise.resolve([{ top: [] }]),
    setEdits: async (next: Edit[], watch?: Watch) => {
      const old = edits
      edits = next
      read = 0
      try {
        await reading(watch)
      } catch (error) {
        edits = old
        read = 0
        throw error
      }
      return { edits, tokens }
    },
  } as unknown as Glass
  return { glass, state, inForce: () => edits }
}

let slow: ReturnType<typeof slowGlass>, fake: Fake
beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('removeEventListener', () => undefined)
  vi.stubGlobal('location', { hash: '#/attention' })
  vi.stubGlobal('history', { replaceState: () => undefined })
  slow = slowGlass()
  fake = fakeClient()
  setClient({ ...fake.client, glass: slow.glass })
  useModels.setState({
    active: { id: `m${Math.floor(performance.now() * 1000)}`, name: 'M', state: 'ready' } as ActiveModel,
  })
})
const until = (ready: () => boolean): Promise<void> => vi.waitFor(() => expect(ready()).toBe(true), { interval: 2 })

test('the first look says how far it is, can be stopped, and is taken up where it was', async () => {
  const seen: number[] = []
  const leave = useInspect.subscribe(({ reading }) => {
    if (reading && reading.done !== seen.at(-1)) seen.push(reading.done)
  })
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

test('a question that was on its way when the model was put to other work is asked again', async () => {
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  const { setEdits, withEdits, aside } = useInspect.getState()
  const question = async (): Promise<string> => {
    await later(2)
    return 'an answer'
  }
  expect(await undisturbed(question)).toEqual({ data: 'an answer', error: null })
  for (const other of [() => setEdits([skip]), () => withEdits([], () => later(8)), () => aside(() => later(8))]) {
    const asked = undisturbed(question)
    const work = other()
    expect(await asked).toBeNull()
    await work
    expect(await undisturbed(question)).toEqual({ data: 'an answer', error: null })
  }
  // what failed about a run that is over says nothing of the one on screen
  const failing = (): Promise<never> => later(2).then(() => Promise.reject(new Error('over')))
  expect(await undisturbed(failing)).toMatchObject({ data: null, error: { message: expect.stringContaining('over') } })
  const asked = undisturbed(failing)
  useInspect.setState((s) => ({ version: s.version + 1 }))
  expect(await asked).toBeNull()
  await setEdits([])
  close()
})

test('a model that reads texts whole reads its own again after work beside it, and writes nothing', async () => {
  const seen: unknown[][] = []
  setClient({
    ...fake.client,
    glass: slow.glass,
    read: (...given) => {
      seen.push(given)
      return Promise.resolve({} as Awaited<ReturnType<typeof fake.client.read>>)
    },
  })
  const whole = (does: string[]) =>
    useModels.setState((s) => ({ active: { ...s.active!, info: { does, mask: '[MASK]' } } as unknown as ActiveModel }))
  whole(['fill'])
  useRead.setState({ done: { text: 'a [MASK] b', pair: null } })
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  await useInspect.getState().aside(() => later(2), givenAgain())
  expect(seen).toEqual([['a [MASK] b', {}]])
  expect(fake.asked.filter(({ name }) => name === 'generate')).toEqual([])
  expect(useInspect.getState().error).toBeNull()
  // one for vectors has the last of its texts before it
  whole(['embed'])
  useRead.setState({ done: { text: 'one\ntwo\n', pair: null } })
  await givenAgain()!()
  expect(seen.at(-1)).toEqual(['two', {}])
  whole(['generate'])
  expect(givenAgain()).toBeUndefined()
  close()
})

const skip: Edit = { kind: 'skip', layer: 0, part: 'mlp' }
const edit: Edit = { kind: 'mask-edges', layer: 0, head: 0, queries: [2, 3], keys: [0, 1] }
/** Edits in force whenever an answer began. */
function watchAnswers(): Edit[][] {
  const under: Edit[][] = []
  fake.answer = (_, { signal }) => {
    under.push([...slow.inForce()])
    return answer(3, signal)
  }
  return under
}
const later = (ms: number): Promise<void> =>
  ms < 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))

test.each([-1, 0, 5, 15, 30])(
  'an answer asked for while edits are applied waits for them, and says so of itself: %i ms later',
  async (ms) => {
    const under = watchAnswers()
    const close = useInspect.getState().open()
    await until(() => useInspect.getState().state === 'ready')
    for (const wanted of [[skip], []]) {
      const change = useInspect.getState().setEdits(wanted)
      await later(ms)
      await useChat.getState().send('q')
      expect((await change)?.edits).toEqual(wanted)
      expect(under.at(-1)).toEqual(wanted)
      expect(useChat.getState().messages.at(-1)!.edits ?? 0).toBe(wanted.length)
      expect(editsOfAnswer()).toEqual(wanted)
      expect(useEdited.getState().changing).toBe(0)
    }
    close()
  },
)

test('an answer is not written under edits that only a comparison asked for; one that waits can be stopped', async () => {
  const under = watchAnswers()
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  const compared = useInspect.getState().withEdits([skip], () => Promise.resolve(slow.inForce()))
  await useChat.getState().send('q')
  expect(await compared).toEqual([skip])
  expect(under).toEqual([[]])
  const change = useInspect.getState().setEdits([skip])
  const asked = useChat.getState().send('r')
  await later(5)
  useChat.getState().stop()
  await asked
  expect(useChat.getState()).toMatchObject({ status: 'idle' })
  expect(useChat.getState().messages.at(-1)).toMatchObject({ state: 'stopped', content: '' })
  expect((await change)?.edits, 'the edits go on').toEqual([skip])
  expect(under).toHaveLength(1)
  close()
})

test('edits of places in a text are taken back in another chat, and told; those of the model stay; nothing is compared with the old text', async () => {
  const under = watchAnswers()
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  await useChat.getState().send('q')
  await until(() => !useInspect.getState().looking)
  await useInspect.getState().setEdits([skip])
  const change = useInspect.getState().setEdits([skip, edit])
  expect(useInspect.getState().before).not.toBeNull()
  useChat.getState().newChat() // while the second one is on its way
  await useChat.getState().send('another text')
  await change
  expect(under).toEqual([[], [skip]])
  expect(useChat.getState().messages.at(-1)!.edits).toBe(1)
  expect(useInspect.getState()).toMatchObject({ edits: [skip], before: null, ahead: null, watched: null })
  expect(useEdited.getState()).toMatchObject({ edits: 1, takenBack: 1 })
  await useInspect.getState().setEdits([])
  expect(useEdited.getState().takenBack).toBe(0)
  close()
})

test('an address past the end of the text is its last token', async () => {
  const close = useInspect.getState().open()
  await until(() => useInspect.getState().state === 'ready')
  close()
  vi.stubGlobal('location', { hash: '#/attention?p=54&l=1&h=1' })
  const again = useInspect.getState().open()
  expect(useInspect.getState()).toMatchObject({ selection: { position: 2, layer: 1, head: 1 }, locked: true })
  again()
})
