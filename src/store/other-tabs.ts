// What other tabs do with the engine that all of them use: the model they load is loaded here, too, what they store or
// remove is seen here, and an answer waits in line while another tab's is written.

import { create } from 'zustand'
import type { OthersEvent } from '../worker/protocol.ts'
import { onOthers, onTurn } from './client.ts'
import { useModels } from './models.ts'

/** What this tab asked for waits until another tab's answer is written. */
export const useTurn = create<{ waits: boolean }>()(() => ({ waits: false }))
onTurn((waits) => useTurn.setState({ waits }))

function hear(event: OthersEvent): void {
  const { active, stored, catalog, refresh } = useModels.getState()
  if (event.type === 'stored') void refresh()
  // this tab's own load is on its way, and says itself how it ends
  else if (active?.state === 'loading') return
  else if (event.type === 'loaded') {
    const { id, options, info } = event
    const name =
      catalog.find((entry) => entry.id === id)?.title ?? stored.find((one) => one.id === id)?.name ?? info.name
    useModels.setState({
      active: { id, name, options, info, state: 'ready', progress: null, error: null },
      wanted: id,
      error: null,
    })
  } else if (event.type === 'unloaded') useModels.setState({ active: null, wanted: null })
  else if (event.type === 'adapters' && active?.info) {
    const scaleOf = new Map(event.adapters.map(({ name, scale }) => [name, scale]))
    const adapters = active.options.adapters?.map(({ id, scale }) => ({ id, scale: scaleOf.get(id) ?? scale }))
    useModels.setState({
      active: {
        ...active,
        info: { ...active.info, adapters: [...event.adapters] },
        options: { ...active.options, ...(adapters && { adapters }) },
      },
    })
  }
}
onOthers(hear)
