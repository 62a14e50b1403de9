// npm run bench -- --glass: what looking inside costs, beside the budgets it must keep.
//
// Two pages of one browser take turns, so that whatever else the machine does falls on all alike: the first never looks
// inside (sampling only, or the 20 best of every token, as a chat asks), the second keeps activations. Overheads are
// ratios of the fastest decode of 3 x repeats rounds each: what else runs can only slow one down. Panels are timed in
// the second page, from the event of the pointer or key to the change on screen that answers it.
import { Problem } from './setup.mjs'
import { waitReady } from './drive.mjs'
import { panelTimes } from './glass-times.mjs'

const budgets = {
  hoverCellMs: 50,
  hoverTokenMs: 50,
  hoverHeadMs: 100,
  layerSwitchMs: 100,
  thumbnailsMs: 1000,
  candidates: 0.1,
  kept: 0.3,
  nodes: 2000,
}
const panels = ['chat', 'attention', 'probabilities', 'lens', 'inside', 'tokenizer', 'models']
const textTokens = 256

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

async function open(context, url, panel, model) {
  const page = await context.newPage()
  await page.goto(`${url}?model=${encodeURIComponent(model)}&lang=en#/${panel}`)
  await waitReady(page, 300_000)
  return page
}

/** Milliseconds per token of one greedy answer that nothing ends early, after a prompt of the usual length. */
const decode = (page, top, tokens) =>
  page.evaluate(
    async ({ top: best, max, length }) => {
      const { client } = globalThis.glassbox
      const facts = await client.tokenizer.facts('loaded')
      const never = Object.fromEntries(
        [...facts.eos, ...facts.added.filter((a) => a.special).map((a) => a.id)].map((id) => [id, -1e4]),
      )
      const { ids } = await client.tokenize(
        'Mia found a red box in the garden. Tom saw a blue ball under the bed. '.repeat(40),
      )
      for await (const event of client.generate(
        { ids: ids.slice(0, length - max) },
        { maxTokens: max, temperature: 0, top: best, logitBias: never },
      )) {
        if (event.type === 'done') {
          return event.stats.generatedTokens === max ? (1000 * event.stats.decodeSeconds) / (max - 1) : null
        }
      }
    },
    { top, max: tokens, length: textTokens },
  )

/** Bytes of buffers by name that the engine makes while `work` runs, asked of its worker. */
async function allocations(page, work) {
  const worker = page.workers().find((w) => w.url().includes('engine'))
  await worker.evaluate(() => {
    const make = GPUDevice.prototype.createBuffer
    globalThis.made = []
    GPUDevice.prototype.createBuffer = function createBuffer(descriptor) {
      globalThis.made.push([descriptor.label ?? '', descriptor.size])
      return make.call(this, descriptor)
    }
  })
  await work()
  return worker.evaluate(() => globalThis.made)
}

/** Measures everything; the pages it opens are closed with the browser. */
export async function measureGlass({ context, url }, { model, tokens, repeats }) {
  const plain = await open(context, url, 'models', model)
  const page = await open(context, url, 'chat', model)
  const prompt = await page.evaluate(async (length) => {
    const facts = [
      'Mia found a ball in the garden. ',
      'Tom made a kite in the kitchen. ',
      'Lily lost a key in the library. ',
      'Ben saw a book under the bed. ',
    ]
    let text = ''
    for (
      let n = 0;
      (await globalThis.glassbox.client.tokenize([{ role: 'user', content: text }])).ids.length < length - 16;
      n++
    ) {
      text += facts[n % 4]
    }
    return `${text}Where was Mia?`
  }, textTokens)
  await page.getByTestId('composer').fill(prompt)
  await page.getByTestId('composer').press('Enter')
  await page.locator('[data-testid="message-assistant"][data-streaming="false"]').waitFor({ timeout: 300_000 })
  const made = await allocations(page, async () => {
    await page.evaluate(() => {
      location.hash = '#/attention'
    })
    await page
      .locator('[data-testid="attention-panel"][data-ready="true"]')
      .waitFor({ timeout: 300_000 })
      .catch(() => {
        throw new Problem('The attention panel did not become ready.')
      })
  })
  const info = await page.evaluate(() => globalThis.glassbox.client.glass.info())
  const times = await panelTimes(page, repeats)
  const nodes = {}
  for (const panel of panels) {
    await page.evaluate((name) => {
      location.hash = `#/${name}`
    }, panel)
    await page.waitForTimeout(2500)
    nodes[panel] = await page.evaluate(() => document.querySelectorAll('*').length)
  }
  const rounds = []
  const modes = [
    ['plain', plain, 0],
    ['candidates', plain, 20],
    ['kept', page, 20],
  ]
  for (let n = 0; n <= 3 * repeats; n++) {
    const round = {}
    // each comes first, second and last equally often
    for (const i of [0, 1, 2]) {
      const [name, where, best] = modes[(i + n) % 3]
      round[name] = await decode(where, best, tokens)
    }
    if (n > 0) rounds.push(round) // the first warms up
  }
  if (rounds.some((round) => Object.values(round).includes(null))) {
    throw new Problem('An answer ended early: the overheads cannot be told.')
  }
  const fastest = (mode) => Math.min(...rounds.map((round) => round[mode]))
  const bytes = (kept) =>
    made.filter(([label]) => /^(q|lse|mid|post)\.-?\d+$/.test(label) === kept).reduce((sum, [, size]) => sum + size, 0)
  return {
    length: info.length,
    budgets,
    times: Object.fromEntries(
      Object.entries(times).map(([name, values]) => [
        name,
        { median: median(values), worst: Math.max(...values), values },
      ]),
    ),
    modes: {
      plainMs: fastest('plain'),
      candidates: fastest('candidates') / fastest('plain') - 1,
      kept: fastest('kept') / fastest('plain') - 1,
      rounds,
    },
    nodes,
    memory: { planned: info.bytes.planned, told: info.bytes.activations, kept: bytes(true), besides: bytes(false) },
  }
}

export function glassTable({ length, times, modes, nodes, memory }) {
  const MiB = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`,
    percent = (share) => `${(100 * share).toFixed(1)} %`
  const row = (name, value, within, budget) =>
    console.log(
      `${name.padEnd(26)}${value.padEnd(34)}${budget ? `${within ? 'within' : 'OVER  '} ${budget}` : ''}`.trimEnd(),
    )
  row('text', `${length} tokens`)
  for (const [key, name] of [
    ['hoverCellMs', 'hover a cell → its weight'],
    ['hoverTokenMs', 'hover a token → its row'],
    ['hoverHeadMs', 'hover a head → its matrix'],
    ['layerSwitchMs', 'layer switch'],
    ['thumbnailsMs', 'all thumbnails'],
  ]) {
    row(
      name,
      `${times[key].median.toFixed(0)} ms (worst ${times[key].worst.toFixed(0)})`,
      times[key].median <= budgets[key],
      `${budgets[key]} ms`,
    )
  }
  row('decode, sampling only', `${modes.plainMs.toFixed(1)} ms per token`)
  row(
    'the 20 best of every token, besides',
    percent(modes.candidates),
    modes.candidates <= budgets.candidates,
    percent(budgets.candidates),
  )
  row('activations kept, besides', percent(modes.kept), modes.kept <= budgets.kept, percent(budgets.kept))
  for (const [panel, count] of Object.entries(nodes)) {
    row(`elements, ${panel}`, String(count), count <= budgets.nodes, String(budgets.nodes))
  }
  row(
    'activation cache',
    `planned ${MiB(memory.planned)}, made ${MiB(memory.kept)}`,
    memory.kept === memory.told && memory.kept <= memory.planned,
    'plan',
  )
  row('other buffers of looking', MiB(memory.besides))
}
