// A recorded run in its model's place: the same questions, the same numbers; what is not in the file is refused.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRecording, record } from '../../engine/glass/recording.ts'
import { nodeHost } from '../testing/host.ts'
import { Measure } from './measure.ts'

const text = 'Mia was in the garden. Tom was in the library. Mia was in the garden'
const host = nodeHost({ device: 'cpu' })
const files = new Map<string, Blob>()
/** Behind the text, and with three tokens written. */
const write = { read: 0, written: 3 }
beforeAll(async () => {
  const model = await host.use('storyteller', {})
  for (const [name, count] of Object.entries(write)) {
    for await (const event of model.generate(text, { temperature: 0, maxTokens: count + 1 })) void event
    files.set(name, new Blob([await record(await model.glass(), undefined, { attention: [1] })]))
  }
})
afterAll(() => host.dispose())

const of = (live: boolean, said = text): Measure =>
  new Measure(
    { ...host, live: () => live, recorded: (trace) => openRecording(files.get(trace)!) },
    {
      lesson: { words: {}, model: 'storyteller', prompts: { told: { en: { text: said }, zh: { text: said } } } },
      step: {
        id: 'a',
        runs: {
          read: { prompt: 'told', trace: 'read' },
          written: { prompt: 'told', trace: 'written', write: write.written },
        },
      },
      language: 'en',
      cast: {},
    },
  )

test.each([
  'top(read)',
  'candidate(read, 3)',
  'p(answer, read)',
  'H(read)',
  'rank(candidate(read, 9), read)',
  'nll(read, first+1, @Mia#2-1)',
  'nll(read, @Mia#2+1, last)',
  'A(read, 1, 3, last)',
  'length(read)',
  'text(written)',
  'model("layers", read)',
])('%s is what the model says', async (expression) => {
  const [recorded, live] = [of(false), of(true)]
  const [said, wanted] = [await recorded.value(expression), await live.value(expression)]
  if (typeof wanted === 'number') expect(said).toBeCloseTo(wanted as number, 5)
  else expect(said).toEqual(wanted)
  expect(recorded.sources).toEqual({ recorded: 'storyteller', computed: false, models: [] })
  expect(live.sources).toEqual({ recorded: null, computed: true, models: ['storyteller'] })
})

test.each([
  'A(read, 0, 3, last)',
  'p(" garden", read)',
  'model("parameters", read)',
  'probe(read, "blocks.0.attn.q", last)',
])('%s is not in the file, and is refused', async (expression) => {
  await expect(of(false).value(expression)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
})

test('a recording of another text is not taken for this one', async () => {
  await expect(of(false, 'Mia was in the cave.').value('top(read)')).rejects.toMatchObject({ code: 'LESSON_INVALID' })
})
