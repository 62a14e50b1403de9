// Which model a fresh page loads: the one the address asks for, else the one used last, else the
// embedded storyteller. Nothing big is ever downloaded without a click.
//
// A tab that the browser killed while loading leaves a mark; that model is then not loaded by
// itself again, or the page would die in a circle.

import { useModels } from '../store/index.ts'

/** Private windows may refuse localStorage: the marks are then simply not kept. */
function mark(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch { /* nothing to do */ }
}
function marked(key: string): string | null {
  try { return localStorage.getItem(key) } catch { return null }
}

const lastKey = 'glassbox.model.last'
const loadingKey = 'glassbox.model.loading'

let remembering = false
function remember(): void {
  if (remembering) return
  remembering = true
  useModels.subscribe(({ active }, { active: before }) => {
    if (active?.state === before?.state && active?.id === before?.id) return
    mark(loadingKey, active?.state === 'loading' ? active.id : null)
    if (active?.state === 'ready') mark(lastKey, active.id)
  })
}

/** What a page with a share link does instead: the link says which model it needs. */
export async function onlyRemember(): Promise<void> {
  mark(loadingKey, null)
  remember()
  await useModels.getState().start()
}

/** @param wanted a model id from the address */
export async function autoload(wanted: string | null): Promise<void> {
  const killed = marked(loadingKey)
  const last = marked(lastKey)
  mark(loadingKey, null)
  remember()
  await useModels.getState().start()
  const { active, adapterError, stored, catalog, load, use: obtain } = useModels.getState()
  if (active || adapterError) return
  const isStored = (id: string | null): id is string => stored.some((model) => model.id === id && model.complete)
  const embedded = catalog.find((entry) => entry.group === 'embedded')
  // what lies beside the page may be fetched without asking
  const nearby = catalog.filter((entry) => entry.group !== 'hub')

  if (wanted !== null) {
    const asked = nearby.find((entry) => entry.id === wanted)
    if (isStored(wanted)) return void await load(wanted)
    if (asked) return void await obtain(asked)
    // it would have to be downloaded first: show it and let the reader decide
    location.hash = '#/models'
    return
  }
  if (isStored(last) && last !== killed) return void await load(last)
  if (embedded && embedded.id !== killed) await obtain(embedded)
}
