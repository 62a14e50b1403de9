// Adding a panel: its folder in features/ (here Demo and Broken), its line in panels.ts (here the mock), its title in both
// languages (t.nav: a missing one is a type error in panels.ts). Its route, tab, key, page title and error boundary
// follow, and the smoke test below opens every panel of the list.

import { lazy } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { en } from '../i18n/en.ts'
import { loadLanguage } from '../i18n/index.tsx'
import { zh } from '../i18n/zh.ts'
import { setClient } from '../store/client.ts'
import { useSettings } from '../store/index.ts'
import { fakeClient } from '../store/testing.ts'
import { App } from './App.tsx'
import { panels, type PanelEntry } from './panels.ts'

// ---- their folders: a default export, loaded when first opened ---------------------

const Demo = () => <h1>Demonstration</h1>
const failing = vi.hoisted(() => ({ on: true }))
const Broken = () => {
  if (failing.on) throw new Error('drawn wrongly')
  return <h1>Mended</h1>
}

// ---- their lines in the list -------------------------------------------------------

vi.mock('./panels.ts', async (original) => {
  const { panels: real } = await original<typeof import('./panels.ts')>()
  const added = [
    { id: 'demo', title: 'demo', icon: 'fit', Panel: lazy(() => Promise.resolve({ default: Demo })) },
    { id: 'broken', title: 'broken', icon: 'fit', Panel: lazy(() => Promise.resolve({ default: Broken })) },
  ]
  return { panels: [...real.slice(0, 8), ...added] } // the first ten have a key
})
vi.mock('./register-sw.ts', () => ({ registerServiceWorker: () => Promise.resolve() }))

// ---- their words -------------------------------------------------------------------

Object.assign(en.nav, { demo: 'Demo', broken: 'Broken' })
Object.assign(zh.nav, { demo: '演示', broken: '损坏' })

let root: Root, host: HTMLElement
beforeEach(async () => {
  setClient(fakeClient().client)
  useSettings.getState().setLang('en')
  for (const lang of ['en', 'zh'] as const) await loadLanguage(lang)
  location.hash = ''
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
  root.render(<App />)
  await vi.waitFor(() => expect(host.querySelector('main')).not.toBeNull())
})
afterEach(() => {
  root.unmount()
  host.remove()
  location.hash = ''
})

const main = (): HTMLElement => host.querySelector('main')!
const tab = (id: string): HTMLElement => host.querySelector(`[data-testid="nav-${id}"]`)!
const soon = (check: () => void): Promise<void> => vi.waitFor(check, 20_000)
/** Opens a panel by its address, and waits for its code. */
async function go(id: string): Promise<void> {
  location.hash = `#/${id}`
  await soon(() => expect(tab(id).ariaCurrent).toBe('page'))
  await soon(() => expect([en.app.opening, zh.app.opening, '']).not.toContain(main().textContent.trim()))
}

test('a new panel has a tab, a route, a title and a key, in both languages', async () => {
  const place = panels.findIndex(({ id }) => id === 'demo')
  expect(place).toBe(panels.length - 2)
  expect([tab('demo').textContent, tab('demo').getAttribute('href')]).toEqual(['Demo', '#/demo'])
  await go('demo')
  expect(main().textContent).toBe('Demonstration')
  expect([main().ariaLabel, document.title]).toEqual(['Demo', `Demo · ${en.app.name}`])
  expect([tab('demo').ariaCurrent, tab('chat').ariaCurrent]).toEqual(['page', null])
  useSettings.getState().setLang('zh')
  await soon(() => expect([tab('demo').textContent, main().ariaLabel]).toEqual(['演示', '演示']))
  await go('models')
  dispatchEvent(new KeyboardEvent('keydown', { key: String(place + 1) }))
  await soon(() => expect(main().textContent).toBe('Demonstration'))
  expect(location.hash).toBe('#/demo')
})

test('a panel that throws leaves the page standing, and can be tried again', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await go('broken')
  expect(main().textContent).toContain(en.app.panelBroken)
  expect(main().querySelector('code')?.textContent).toBe('drawn wrongly')
  expect(tab('chat').textContent).toBe('Chat')
  failing.on = false
  const again = [...main().querySelectorAll('button')].find((button) => button.textContent === en.app.tryAgain)!
  again.click()
  await soon(() => expect(main().textContent).toBe('Mended'))
  told.mockRestore()
})

/** Every panel opens without a model, in both languages, with something to read. */
test.each(
  panels.filter(({ id }) => id !== 'broken').map((panel: PanelEntry): [string, PanelEntry] => [panel.id, panel]),
)('smoke: %s', async (id, { title }) => {
  for (const lang of ['en', 'zh'] as const) {
    useSettings.getState().setLang(lang)
    await go(id)
    await soon(() => expect(main().ariaLabel).toBe((lang === 'en' ? en : zh).nav[title]))
    expect(main().querySelector('[data-testid="error"]')).toBeNull()
    expect(main().textContent.trim().length).toBeGreaterThan(10)
  }
})
