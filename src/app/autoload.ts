// Which model a fresh page loads: the one the address asks for, else the one used last, else the
// embedded storyteller. Nothing big is ever downloaded without a click.
//
// A tab that the browser killed while loading leaves a mark; that model is then not loaded by itself
// again, or the page would die in a circle: the embedded one is, and the page says so. Leaving the page
// is no such death. After anything that failed, recover() brings what was wanted: no page is left idle
// without a model and without a word.

import { guest } from '../store/guest.ts'
import { allowAgain, useModels, type LoadRequest } from '../store/index.ts'

/** Private windows may refuse localStorage: the marks are then simply not kept. */
function mark(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    /* nothing to do */
  }
}
function marked(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const lastKey = 'glassbox.model.last'
const loadingKey = 'glassbox.model.loading'

let remembering = false
function remember(): void {
  if (remembering) return
  remembering = true
  globalThis.addEventListener?.('pagehide', () => {
    mark(loadingKey, null)
  })
  useModels.subscribe(({ active }, { active: before }) => {
    if (active?.state === before?.state && active?.id === before?.id) return
    if (active && active.id === guest.id) return // a page that is closed meanwhile begins with the model before it
    mark(loadingKey, active?.state === 'loading' ? active.id : null)
    if (active?.state === 'ready' && !active.remote) mark(lastKey, active.id)
  })
}

/** What a page with a share link does instead: the link says which model it needs. */
export async function onlyRemember(): Promise<void> {
  mark(loadingKey, null)
  remember()
  await useModels.getState().start()
}

/** the model id from the address, for another try */
let asked: string | null = null

/** @param wanted a model id from the address */
export async function autoload(wanted: string | null): Promise<void> {
  asked = wanted
  const killed = marked(loadingKey)
  const last = marked(lastKey)
  remember()
  await useModels.getState().start()
  const { active, error, adapterError, stored, catalog, load, use: obtain } = useModels.getState()
  if (active || error || adapterError) return // said on the page; the mark is kept for recover()
  mark(loadingKey, null)
  const isStored = (id: string | null): id is string => stored.some((model) => model.id === id && model.complete)
  const embedded = catalog.find((entry) => entry.group === 'embedded')
  // what lies beside the page may be fetched without asking
  const nearby = catalog.filter((entry) => entry.group !== 'hub')

  if (wanted !== null) {
    const beside = nearby.find((entry) => entry.id === wanted)
    if (isStored(wanted)) return void (await load(wanted))
    if (beside) return void (await obtain(beside))
    // it would have to be downloaded first: show it and let the reader decide
    location.hash = '#/models'
    return
  }
  if (isStored(last) && last !== killed) return void (await load(last))
  if (isStored(killed) && killed !== embedded?.id) {
    useModels.setState({ skipped: { id: killed, name: stored.find((model) => model.id === killed)!.name } })
  }
  if (embedded) await obtain(embedded)
}

/** What "Try again" and "Start the engine again" do, whatever failed. @param change how to load it this time */
export async function recover(change?: LoadRequest): Promise<void> {
  const { wanted, active } = useModels.getState()
  allowAgain()
  await useModels.getState().restart(change)
  // nothing had been chosen yet; what was chosen and then stopped by the reader stays stopped
  if (wanted === null && active === null) await autoload(asked)
}
