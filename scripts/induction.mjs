// npm run induction [-- --seeds 0,1,2] [--steps 300] [--hidden 64] [--threads 2] [--lstm] [--state]: an induction head is born, on the
// processor. Two layers of attention learn from nothing that blocks of tokens repeat (src/engine/train/induction.ts).
//
// A line every 20 updates: nats per repeated token, how many of them are right, and the largest scores of a head: attention of the
// second layer behind the last occurrence, of the first one to the token before. It fails where fewer than 90 % are right, or no
// head is one.
//   --seeds    of the model's numbers and the texts, with commas between; default 0
//   --steps    updates, of 16 texts of 32 tokens each; default 300
//   --hidden   width of the model; default 64
//   --threads  of the processor; default 2
//   --lr       learning rate; default that of the experiment
//   --lstm     an LSTM on the same texts beside it: it must stay at chance
//   --state    writes fixtures/train/induction.bin instead: the run of seed 2 short before it changes, rounded
//              (src/engine/testing/rounded.ts)
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

/** ln 31, of all words but the one before; an LSTM that learnt only that much stays above */
const CHANCE = Math.log(31) - 0.2
/** The run that --state keeps, and its updates by then. */
const KEPT = { kind: 'attention', seed: 2, every: 5000 }
const KEPT_AT = 129

main(async () => {
  ensureNode()
  const { values } = readOptions(import.meta.url, {
    options: {
      seeds: { type: 'string', default: '0' },
      steps: { type: 'string' },
      hidden: { type: 'string' },
      threads: { type: 'string' },
      lr: { type: 'string' },
      lstm: { type: 'boolean', default: false },
      state: { type: 'boolean', default: false },
    },
  })
  const seeds = values.seeds.split(',').map(Number)
  if (!seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) {
    throw new Problem(`--seeds must be whole numbers of at least 0 with commas between, it is "${values.seeds}".`)
  }
  const threads = wholeNumber(values, 'threads', { fallback: 2 })
  const steps = wholeNumber(values, 'steps', { fallback: 300 })
  const hidden = wholeNumber(values, 'hidden', { fallback: 64 })
  ensureInstall()
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(`/src/${file}`)
  const { induction } = await load('engine/index.ts')
  const { nodeThreads } = await load('engine/testing/node-threads.ts')
  const { start, started } = await nodeThreads()
  if (values.state) {
    const { packState } = await load('engine/testing/rounded.ts')
    /** @returns the state behind so many updates */
    const learn = async (until) => {
      const stop = new AbortController()
      let state = null
      for await (const event of induction({
        ...KEPT,
        load: { device: 'cpu', threads, startThread: start },
        signal: stop.signal,
      })) {
        if (event.type === 'saved') state = event.state
        if ((event.step ?? 0) === until && event.type !== 'look') stop.abort()
      }
      return state
    }
    const began = await learn(0)
    writeFileSync(path.join(root, 'fixtures/train/induction.bin'), packState(await learn(KEPT_AT), began))
  }
  let failed = ''
  for (const kind of values.state ? [] : values.lstm ? ['attention', 'lstm'] : ['attention']) {
    for (const seed of seeds) {
      let [ms, last, born] = [0, null, null]
      const run = { kind, seed, steps, hidden, load: { device: 'cpu', threads, startThread: start } }
      if (values.lr) run.lr = Number(values.lr)
      for await (const event of induction(run)) {
        if (event.type === 'begin') console.log(`${kind}, seed ${seed}: ${event.numbers} numbers`)
        if (event.type === 'step') ms += event.ms
        if (event.type !== 'look') continue
        last = event
        if (born === null && event.right >= 0.9) born = event.step
        if (event.step % 20 !== 0) continue
        const half = event.prefix.length / 2
        const scores = half
          ? `   behind the last ${Math.max(...event.prefix.slice(half)).toFixed(2)}   the token before ${Math.max(...event.previous.slice(0, half)).toFixed(2)}`
          : ''
        console.log(
          `${String(event.step).padStart(5)}   ${event.loss.toFixed(2)} nats   ${(100 * event.right).toFixed(0).padStart(3)} % right${scores}`,
        )
      }
      console.log(`      90 % right at update ${born ?? 'none'}; ${(ms / 1000).toFixed(0)} s in all updates`)
      if (kind === 'lstm' && last.loss < CHANCE) {
        failed = `The LSTM of seed ${seed} is not at chance: ${last.loss} nats.`
      }
      if (kind === 'attention' && (last.right < 0.9 || Math.max(...last.prefix) < 0.5)) {
        failed = `No induction head was born of seed ${seed}.`
      }
    }
  }
  for (const thread of started) await thread.terminate()
  await vite.close()
  if (failed) throw new Problem(failed)
  process.exit(0)
})
