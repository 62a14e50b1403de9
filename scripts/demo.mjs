// npm run demo -- "prompt": asks the built page in a headless Chrome, as a user would,
// and prints the answer as it appears.
//
//   npm run demo -- "What is the colour of the box?" [--model ID|FILE|DIR] [--temperature X] [--seed N|random]
//                   [--max N] [--lang en|zh] [--device auto|gpu|cpu] [--software]
//
// --model ID is a model of the page (default: storyteller) or a folder of models/; FILE and
// DIR go through the page's file input. The same command gives the same answer on the same
// adapter: the seed is 1 unless --seed says another, or "random" for a fresh one. --temperature
// (0 to 3; 0 takes the likeliest token every time) and --max, the longest answer in tokens, are
// the model's and the page's own unless given. --device says what computes: the page chooses
// (auto), or it must be the GPU, or the processor in a Chrome that is started without WebGPU; gpu,f32,nosubgroups takes
// something away from the GPU.
// --software does not look for a real GPU.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chooseModel, deviceOption, modelFiles, openPage } from './drive.mjs'
import { numberBetween, readOptions, wholeNumber } from './options.mjs'
import { main, Problem, root } from './setup.mjs'

const maxSeed = 2 ** 32 - 1

function read() {
  const { values, positionals } = readOptions(import.meta.url, {
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'storyteller' },
      temperature: { type: 'string' },
      seed: { type: 'string', default: '1' },
      max: { type: 'string' },
      lang: { type: 'string', default: 'en' },
      device: { type: 'string', default: 'auto' },
      software: { type: 'boolean', default: false },
    },
  })
  const prompt = positionals.join(' ').trim()
  if (!prompt) throw new Problem('Say what to ask: npm run demo -- "your prompt".')
  if (!['en', 'zh'].includes(values.lang)) throw new Problem(`--lang is en or zh, not "${values.lang}".`)
  return {
    ...values,
    prompt,
    ...deviceOption(values),
    files: modelFiles(values.model),
    temperature: numberBetween(values, 'temperature', { min: 0, max: 3 }),
    max: wholeNumber(values, 'max', { max: 4096 }),
    seed: values.seed === 'random' ? null : wholeNumber(values, 'seed', { min: 0, max: maxSeed }),
  }
}

/** Sets how the answer is made in the settings drawer, where a user would; null leaves a setting as it is. */
async function setParams(page, { temperature, seed, max }) {
  await page.getByTestId('open-settings').click()
  const fill = async (input, value) => {
    await input.fill(String(value))
    await input.press('Enter')
  }
  const slider = (name) => page.getByRole('spinbutton', { name })
  if (temperature !== null) await fill(slider(/^(Temperature|温度)$/), temperature)
  if (max !== null) await fill(slider(/^(Longest answer|最长回答)$/), max)
  await page.getByTestId('random-seed').setChecked(seed === null)
  if (seed !== null) await fill(page.getByTestId('seed'), seed)
  await page.getByTestId('open-settings').click()
}

/** What the page says it runs on, and which adapter that is where it is the GPU. */
async function deviceShown({ page, adapter }) {
  const chip = page.getByTestId('device-chip')
  await chip.waitFor({ timeout: 10_000 })
  const words = (await chip.innerText()).trim()
  return (await chip.getAttribute('data-kind')) === 'gpu' ? `${words}, ${adapter}` : words
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
      done: node.getAttribute('data-streaming') === 'false',
    }))
    // Rendering may rewrite the tail (Markdown that closes): what was printed stays until the end.
    if (text.startsWith(shown)) {
      process.stdout.write(text.slice(shown.length))
      shown = text
    }
    if (done) return void process.stdout.write(shown === text ? '\n' : `\n\n${text}\n`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

main(async () => {
  const options = read()
  const { prompt, model, files, lang, software, device, force } = options
  const glass = await openPage({ software, device })
  const { page } = glass
  try {
    const start = Date.now()
    await chooseModel(page, glass.url, { model, files, lang, device, force })
    const seconds = ((Date.now() - start) / 1000).toFixed(1)
    console.log(`${files ? path.basename(model) : model} is ready after ${seconds} s on ${await deviceShown(glass)}`)
    await page.getByTestId('nav-chat').click()
    await setParams(page, options)
    console.log(`\n> ${prompt}\n`)
    await page.getByTestId('composer').fill(prompt)
    await page.getByTestId('send').click()
    await stream(page)
    const line = async (name) =>
      (
        await page
          .getByTestId(name)
          .last()
          .innerText({ timeout: 5000 })
          .catch(() => 'not shown')
      ).replace(/\s+/g, ' ')
    console.log(`\nprefill  ${await line('stats-prefill')}\ndecode   ${await line('stats-decode')}`)
    const shot = path.join(root, 'screenshots', `demo-${new Date().toISOString().replace(/[:.]/g, '-')}.png`)
    mkdirSync(path.dirname(shot), { recursive: true })
    await page.screenshot({ path: shot })
    console.log(`screenshot  ${path.relative(process.cwd(), shot)}`)
  } finally {
    await glass.close()
  }
})
