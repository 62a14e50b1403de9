// Starts the page: reads the address, mounts the app, loads a model, gives scripts their handle.

import './theme.css'
import { lazy, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { followed } from '../store/classroom/presenting.ts'
import { getClient } from '../store/client.ts'
import { forceDevice, useHistory, useSettings, type Client } from '../store/index.ts'
import { loadErrors, loadLanguage } from '../i18n/index.tsx'
import { App } from './App.tsx'
import { ask, asksNothing } from './asked.ts'
import { autoload, onlyRemember } from './autoload.ts'
import { panels } from './panels.ts'
import { takeParams } from './params.ts'
import { linkRoute } from './route.ts'

declare global {
  /** for scripts (bench, demo) and the curious: the same client that the page uses, and what its bench measures with */
  var glassbox: { readonly client: Client; bench(): Promise<typeof import('../store/bench/index.ts')> }
}
globalThis.glassbox = {
  get client() {
    return getClient()
  },
  bench: () => import('../store/bench/index.ts'),
}

const Follower = lazy(() => import('./Follower.tsx'))
/** a window that shows what another one shows: it has no model and no chats */
const room = followed(location.hash)

const { model, lang, device, force, view, ...asked } = takeParams()
if (lang) useSettings.getState().setLang(lang)
if (device) useSettings.getState().setLoad({ device })
forceDevice(force)
if (panels.some(({ id }) => id === view)) location.hash = `#/${view}`

await loadLanguage(useSettings.getState().lang)
createRoot(document.getElementById('root')!).render(
  <StrictMode>{room === null ? <App /> : <Follower room={room} />}</StrictMode>,
)
// before the first move of a hand there is no focus to keep
let watched = false
const watchFocus = (): void => {
  if (!watched) void import('./keep-focus.ts').then(({ keepFocus }) => keepFocus())
  watched = true
}
for (const move of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
  addEventListener(move, watchFocus, { once: true, capture: true, passive: true })
}
// needed by hardly any visit, and then at once, perhaps without a network
setTimeout(() => void loadErrors(useSettings.getState().lang).catch(() => undefined), 5000)
if (room === null) void useHistory.getState().start()
if (room === null) {
  const isLink = location.hash.startsWith(`#/${linkRoute}/`)
  const loaded = isLink ? onlyRemember() : autoload(model)
  if (!isLink && !asksNothing(asked)) void ask(asked, loaded)
}
