// npm run demo -- "prompt": asks the built page in a headless Chrome, as a user would,
// and prints the answer as it appears.
//
//   npm run demo -- "What is the colour of the box?" [--model ID|FILE|DIR] [--max N] [--lang en|zh] [--software]
//
// ID is a model of the page (default: storyteller) or a folder of models/; FILE and DIR go
// through the page's file input. --software does not look for a real GPU.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chooseModel, modelFiles, openPage } from './drive.mjs'
import { main, Problem, root } from './setup.mjs'

function read() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: {
      model: { type: 'string', default: 'storyteller' }, max: { type: 'string' }, lang: { type: 'string', default: 'en' }, software: { type: 'boolean', default: false } } })
    const prompt = positionals.join(' ').trim()
    if (!prompt) throw new Error('Say what to ask: npm run demo -- "your prompt".')
    if (!['en', 'zh'].includes(values.lang)) throw new Error(`--lang is en or zh, not "${values.lang}".`)
    const max = values.max === undefined ? null : Number(values.max)
    if (max !== null && !(Number.isInteger(max) && max > 0)) throw new Error(`--max must be a whole number of tokens, it is "${values.max}".`)
    return { ...values, max, prompt, files: modelFiles(values.model) }
  } catch (error) {
    throw new Problem(error.message)
  }
}

/** Sets the longest answer in the settings drawer, where a user would. */
async function setMax(page, max) {
  await page.getByTestId('open-settings').click()
  const input = page.getByRole('spinbutton', { name: /^(Longest answer|最长回答)$/ })
  await input.fill(String(max))
  await input.press('Enter')
  await page.getByTestId('open-settings').click()
}

/** Prints what is new in the answer until it is whole. */
async function stream(page) {
  const answer = page.getByTestId('message-assistant').last()
  await answer.waitFor({ timeout: 120_000 })
  let shown = ''
  for (;;) {
    const { text, done } = await answer.evaluate((node) => ({
      // While the prompt is read, the place of the answer holds a note and no Markdown block yet.
      text: node.querySelector('[class*=reading]') ? '' : node.innerText,
      done: node.getAttribute('data-streaming') === 'false' }))
    // Rendering may rewrite the tail (Markdown that closes): what was printed stays until the end.
    if (text.startsWith(shown)) { process.stdout.write(text.slice(shown.length)); shown = text }
    if (done) return void process.stdout.write(shown === text ? '\n' : `\n\n${text}\n`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

main(async () => {
  const { prompt, model, files, lang, max, software } = read()
  const glass = await openPage({ software })
  const { page } = glass
  try {
    const start = Date.now()
    await chooseModel(page, glass.url, { model, files, lang })
    console.log(`${files ? path.basename(model) : model} is ready after ${((Date.now() - start) / 1000).toFixed(1)} s on ${glass.adapter}`)
    await page.getByTestId('nav-chat').click()
    if (max !== null) await setMax(page, max)
    console.log(`\n> ${prompt}\n`)
    await page.getByTestId('composer').fill(prompt)
    await page.getByTestId('send').click()
    await stream(page)
    const line = async (name) => (await page.getByTestId(name).last().innerText({ timeout: 5000 }).catch(() => 'not shown')).replace(/\s+/g, ' ')
    console.log(`\nprefill  ${await line('stats-prefill')}\ndecode   ${await line('stats-decode')}`)
    const shot = path.join(root, 'screenshots', `demo-${new Date().toISOString().replace(/[:.]/g, '-')}.png`)
    mkdirSync(path.dirname(shot), { recursive: true })
    await page.screenshot({ path: shot })
    console.log(`screenshot  ${path.relative(process.cwd(), shot)}`)
  } finally {
    await glass.close()
  }
})
