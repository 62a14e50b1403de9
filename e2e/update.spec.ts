// A page that comes with a newer build of the embedded model than the one its visitor has stored: it is fetched to the
// side and takes the old one's place; a visitor who cannot fetch it goes on with the old one.

import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ask, expect, openReady, test, waitForState } from './harness.ts'

test.setTimeout(300_000)
// the worker would bring page and model together; here they come one by one
test.use({ serviceWorkers: 'block' })
const file = 'generation_config.json'
const hash = (data: string): string => createHash('sha256').update(data).digest('hex')

/** Makes a newer build: other bytes in one file, and a page that knows of them. */
function renew(dir: string): string {
  const at = path.join(dir, 'models/storyteller', file)
  const [old, now] = [readFileSync(at, 'utf8'), `${readFileSync(at, 'utf8')}\n`]
  writeFileSync(at, now)
  const pages = readdirSync(path.join(dir, 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => path.join(dir, 'assets', name))
    .filter((name) => readFileSync(name, 'utf8').includes(hash(old)))
  expect(pages.length, 'the page knows its model').toBeGreaterThan(0)
  for (const name of pages) {
    const text = readFileSync(name, 'utf8')
    expect(text).toContain(`size:${old.length},`)
    writeFileSync(name, text.replace(`size:${old.length},`, `size:${now.length},`).replace(hash(old), hash(now)))
  }
  return hash(now)
}

test('a newer embedded model replaces the stored one; without the network the old one goes on', async ({
  page,
  ownServer,
  watched,
}) => {
  watched.allow(/Failed to load resource|ERR_FAILED/)
  const dir = mkdtempSync(path.join(tmpdir(), 'glassbox-model-'))
  try {
    cpSync('dist', dir, { recursive: true })
    await ownServer.start({ dir })
    // past the browser's cache: the assets keep their names here
    let cut = false
    const asked: string[] = []
    await page.route('**/*', async (route) => {
      const { pathname } = new URL(route.request().url())
      const model = pathname.includes('/models/storyteller/') && !pathname.endsWith('examples.json')
      if (model) asked.push(pathname)
      await (model && cut ? route.abort() : route.continue())
    })
    const build = (): Promise<string | undefined> =>
      page.evaluate(async (name) => {
        const model = (await globalThis.glassbox.client.models.list()).find((m) => m.id === 'storyteller')!
        return model.complete && model.origin.kind === 'served'
          ? model.origin.files.find((f) => f.name === name)?.sha256
          : undefined
      }, file)
    await openReady(page, { base: ownServer.url })
    const first = await build()
    expect(first).toBe(hash(readFileSync(path.join(dir, 'models/storyteller', file), 'utf8')))

    const second = renew(dir)
    cut = true
    await page.reload()
    await waitForState(page, 'ready')
    expect(await build(), 'the old one').toBe(first)
    expect(asked.length).toBeGreaterThan(0)
    expect(await ask(page, 'Tell me a story about Lily.')).not.toBe('')

    cut = false
    await page.reload()
    await waitForState(page, 'ready')
    expect(await build(), 'the new one').toBe(second)
    expect(await ask(page, 'Tell me a story about Lily.')).not.toBe('')
    asked.length = 0
    await page.reload()
    await waitForState(page, 'ready')
    expect(asked, 'nothing is fetched twice').toEqual([])
  } finally {
    rmSync(dir, { recursive: true })
  }
})
