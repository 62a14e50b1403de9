// Starts the player: a run that lies in this file, or one that the address or the page around it names (a frame without an
// address has what it is asked in data-asked). A classic script when it is built (scripts/player.mjs): files on a disk may
// load no modules.

import '../app/theme.css'
import './player.css'
import { createRoot } from 'react-dom/client'
import { loadLanguage } from '../i18n/index.tsx'
import { readShow } from '../store/saved-page/slot.ts'
import { readAsked, startEmbedded } from './embed.ts'
import { Player } from './Player.tsx'
import { openRun, usePlayer } from './state.ts'

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? ''

async function start(): Promise<void> {
  await Promise.all([loadLanguage('en'), loadLanguage('zh')])
  const show = readShow(textOf('show')),
    asked = show ? null : readAsked(document.documentElement.dataset['asked'] ?? location.search)
  const own = /^zh\b/i.test(navigator.language) ? 'zh' : 'en'
  usePlayer.setState({ lang: show?.lang ?? asked?.lang ?? own, theme: show?.theme ?? asked?.theme ?? 'system' })
  createRoot(document.getElementById('root')!).render(<Player />)
  if (show) {
    usePlayer.setState({ model: show.model, part: show.kept < show.of ? { kept: show.kept, of: show.of } : null })
    const bytes = Uint8Array.from(atob(textOf('run')), (letter) => letter.charCodeAt(0))
    await openRun(new Blob([bytes]), show)
  } else if (asked) await startEmbedded(asked)
  else usePlayer.setState({ stage: 'nothing' })
}

void start()
