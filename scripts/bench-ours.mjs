// The built page as bench-peers.mjs compares it: loaded through its client, asked greedily, and asked what it thinks of
// another engine's answer.
import { storeModel } from './drive.mjs'

/** Puts the model into the page's storage; a page on a link loads no model by itself. */
export async function storeOurs(context, url, files) {
  const page = await context.newPage()
  await page.goto(`${url}?lang=en#/share/none`)
  const { id } = await storeModel(page, { files })
  await page.close()
  return id
}

/** @param load LoadOptions that can cross to the page's worker */
export async function loadOurs(page, url, id, load) {
  await page.goto(`${url}?lang=en#/share/none`)
  return page.evaluate(
    async ([model, options]) => {
      const start = performance.now()
      const info = await globalThis.glassbox.client.load(model, options)
      const { client } = globalThis.glassbox
      const facts = await client.tokenizer.facts('loaded')
      // what would end an answer early is never drawn
      globalThis.never = Object.fromEntries(
        [...facts.eos, ...facts.added.filter((one) => one.special).map((one) => one.id)].map((id) => [id, -1e4]),
      )
      return { info, loadSeconds: (performance.now() - start) / 1000 }
    },
    [id, load],
  )
}

/**
 * Times every kernel of which nothing is known yet, and lets the fastest run, as happens behind a person's first answers.
 * Each call measures for two seconds at most.
 * @returns how many kinds of step had a choice
 */
export const tuneOurs = (page) =>
  page.evaluate(async () => {
    const { bench } = globalThis.glassbox.client
    const open = (uses) => uses.filter(({ milliseconds }) => Object.keys(milliseconds).length === 0).length
    let uses = await bench.choices()
    for (let before = Infinity; open(uses) > 0 && open(uses) < before;) {
      before = open(uses)
      uses = await bench.tune()
    }
    return uses.length
  })

/**
 * A text of `length` tokens, or a few less where no words end there, that begins with `first`: no two share a beginning
 * that could be kept.
 */
export const textOfLength = (page, length, first) =>
  page.evaluate(
    async ([limit, start]) => {
      const { client } = globalThis.glassbox
      const story = `${start} went to the market with a basket. The baker had fresh bread, and the farmer sold apples, eggs and a jar of honey. On the way home it began to rain, so the two friends waited under a big tree and talked about the summer. `
      const words = story.repeat(Math.ceil(limit / 20)).split(' ')
      let text = ''
      for (const word of words) {
        const longer = text ? `${text} ${word}` : word
        if ((await client.tokenize(longer)).ids.length > limit) break
        text = longer
      }
      return text
    },
    [length, first],
  )

/**
 * One greedy answer of exactly `max` tokens. Prefill is by the engine's own clock; the first token, and the time from it
 * to the last, by the page's.
 */
export const askOurs = (page, { text, max }) =>
  page.evaluate(
    async ({ prompt, maxTokens }) => {
      const start = performance.now()
      const stamps = []
      for await (const event of globalThis.glassbox.client.generate(prompt, {
        maxTokens,
        temperature: 0,
        logitBias: globalThis.never,
        speculation: 'off', // peers guess nothing
      })) {
        if (event.type === 'token') stamps.push(performance.now() - start)
        if (event.type === 'done') {
          const { stats } = event
          return {
            promptTokens: stats.promptTokens,
            reusedTokens: stats.reusedTokens,
            tokens: stats.generatedTokens,
            firstTokenSeconds: stamps[0] / 1000,
            decodeMs: (stamps.at(-1) - stamps[0]) / (stamps.length - 1),
            prefillPerSecond: stats.prefillPerSecond,
            drawnBy: stats.drawnOnDevice ? 'device' : (stats.drawnByHost ?? 'host'),
            text: event.text,
          }
        }
      }
    },
    { prompt: text, maxTokens: max },
  )

/** Answers until the kernels that draw tokens are compiled, where the model has any: they are not waited for at a load. */
export async function warmDrawing(page, text) {
  for (let n = 0; n < 20; n++) {
    if ((await askOurs(page, { text, max: 8 })).drawnBy !== 'soon') return
    await page.waitForTimeout(1000)
  }
}

/**
 * How many tokens of another engine's answer this model would have written itself, had it written those before: numbers
 * are rounded differently there, so two good answers may part and both go on well.
 */
export const judge = (page, { text, answer }) =>
  page.evaluate(
    async ([prompt, written]) => {
      const { client } = globalThis.glassbox
      const { ids } = await client.tokenize(prompt)
      const whole = (await client.tokenize(prompt + written)).ids
      const from = ids.findIndex((id, i) => id !== whole[i]) // where the border changed a token: -1 is nowhere
      const at = from < 0 ? ids.length : from
      const forced = whole.slice(at)
      let first = 0
      for await (const event of client.generate(
        { ids: whole.slice(0, at) },
        { maxTokens: forced.length, temperature: 0, force: Object.fromEntries(forced.entries()) },
      )) {
        if (event.type === 'token' && event.rank === 0) first++
      }
      return { tokens: forced.length, first }
    },
    [text, answer],
  )
