// The player inside another site's page:  embed.html?embed=attention&trace=en&layer=1&head=0&q=58  shows a recording that
// lies beside it. Without `trace` it asks the page around it for one:
//
//   out  { source: 'glassbox', type: 'ready', maxBytes }        send a recording now
//   in   { type: 'trace', bytes, panel?, layer?, head?, q? }    bytes: an ArrayBuffer or Uint8Array of a .glasstrace
//   in   { type: 'none' }                                       there is none: the page around could not get it
//   out  { source: 'glassbox', type: 'opened', tokens }   or   { …, type: 'refused', code, message }
//   out  { source: 'glassbox', type: 'height', height }         CSS pixels, whenever it changes
//
// The frame may be sandboxed without an origin, so nobody's origin counts: only the parent is heard, and what it sends is
// a recording like any file, checked value by value. Nothing of the run goes out but its length.

import { useInspect } from '../store/inspect.ts'
import { panelNames, themeNames } from '../store/saved-page/slot.ts'
import { openRun, usePlayer, type Place, type Playing } from './state.ts'

/** Most bytes of a recording that is passed in or fetched. */
export const maxTrace = 32 * 2 ** 20

export interface Asked extends Place {
  trace: string | null
  lang: 'en' | 'zh' | null
  theme: Playing['theme'] | null
}

const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 1e6 ? (value as number) : undefined
const numbered = (text: string | null): number | undefined => (/^\d{1,6}$/.test(text ?? '') ? Number(text) : undefined)

/** null: the address asks for nothing. What it asks wrongly is left out. */
export function readAsked(search: string): Asked | null {
  const query = new URLSearchParams(search)
  const panel = panelNames.find((name) => name === query.get('embed'))
  if (!panel) return null
  const [lang, theme] = [query.get('lang'), query.get('theme')]
  return {
    panel,
    ...placed({ layer: numbered(query.get('layer')), head: numbered(query.get('head')), q: numbered(query.get('q')) }),
    trace: query.get('trace'),
    lang: lang === 'en' || lang === 'zh' ? lang : null,
    theme: themeNames.find((name) => name === theme) ?? null,
  }
}

const placed = ({ layer, head, q }: Record<'layer' | 'head' | 'q', number | undefined>): Omit<Place, 'panel'> => ({
  ...(layer !== undefined && { layer }),
  ...(head !== undefined && { head }),
  ...(q !== undefined && { position: q }),
})

/** A recording and where to open it; null for any other message, 'tooBig' for one over the limit. */
export function readMessage(
  data: unknown,
  panel: Place['panel'],
): { bytes: Uint8Array<ArrayBuffer>; place: Place } | 'tooBig' | null {
  if (typeof data !== 'object' || data === null) return null
  const given = data as Record<string, unknown>
  const { bytes } = given
  if (given['type'] !== 'trace' || !(bytes instanceof ArrayBuffer || bytes instanceof Uint8Array)) return null
  if (bytes.byteLength > maxTrace) return 'tooBig'
  const named = panelNames.find((name) => name === given['panel'])
  const at = { layer: count(given['layer']), head: count(given['head']), q: count(given['q']) }
  return { bytes: new Uint8Array(bytes), place: { panel: named ?? panel, ...placed(at) } }
}

const tell = (message: Record<string, unknown>): void => {
  if (parent !== window) parent.postMessage({ source: 'glassbox', ...message }, '*')
}

/** Opens what is asked for, listens to the page around, and says how high this one is. */
export async function startEmbedded({ trace, panel, ...at }: Asked): Promise<void> {
  const root = document.getElementById('root')!
  new ResizeObserver(() => tell({ type: 'height', height: Math.ceil(root.offsetHeight) })).observe(root)
  if (trace !== null) return fetched(trace, { panel, ...at })
  usePlayer.setState({ stage: parent === window ? 'nothing' : 'waiting', panel })
  // one at a time, and of those that came meanwhile the newest
  let next: ReturnType<typeof readMessage> = null,
    busy = false
  addEventListener('message', (event) => {
    if (event.source !== parent) return
    if ((event.data as { type?: unknown } | null)?.type === 'none') {
      return usePlayer.setState({ stage: 'failed', error: 'unreachable' })
    }
    next = readMessage(event.data, panel) ?? next
    if (busy) return
    busy = true
    void (async () => {
      for (; next;) {
        const now = next
        next = null
        await taken(now)
      }
      busy = false
    })()
  })
  tell({ type: 'ready', maxBytes: maxTrace })
}

async function taken(given: NonNullable<ReturnType<typeof readMessage>>): Promise<void> {
  if (given === 'tooBig') {
    usePlayer.setState({ stage: 'failed', error: 'tooBig' })
    return tell({ type: 'refused', code: 'TOO_BIG', message: `A recording may have at most ${maxTrace} bytes.` })
  }
  report(await openRun(new Blob([given.bytes]), given.place))
}

const report = (error: { code: string; message: string } | null): void =>
  tell(
    error
      ? { type: 'refused', code: error.code, message: error.message }
      : { type: 'opened', tokens: useInspect.getState().tokens.length },
  )

async function fetched(trace: string, place: Place): Promise<void> {
  const fail = (error: NonNullable<ReturnType<typeof usePlayer.getState>['error']>, code: string): void => {
    usePlayer.setState({ stage: 'failed', error })
    tell({ type: 'refused', code, message: `The recording "${trace.slice(0, 80)}" could not be opened.` })
  }
  if (!/^[\w-]{1,60}$/.test(trace)) return fail({ unknown: trace.slice(0, 80) }, 'UNKNOWN')
  try {
    const answer = await fetch(new URL(`traces/${trace}.glasstrace`, document.baseURI))
    if (!answer.ok) return fail({ unknown: trace }, 'UNKNOWN')
    const file = await answer.blob()
    if (file.size > maxTrace) return fail('tooBig', 'TOO_BIG')
    report(await openRun(file, place))
  } catch {
    fail('unreachable', 'UNREACHABLE')
  }
}
