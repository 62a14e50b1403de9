// The place in player.html where a run stands: what is shown first, and the recording. Written by "Save as a page"
// (make.ts), read by the player when the file is opened. Pure.

import type { SlicePanel } from '../../worker/recording.ts'

/** What a saved page shows first. */
export interface Show {
  panel: SlicePanel
  lang: 'en' | 'zh'
  theme: (typeof themeNames)[number]
  /** the model, with its adapters, in words */
  model: string
  position: number
  layer: number
  head: number
  /** layers or positions that are in the file, of how many */
  kept: number
  of: number
}

export const themeNames = ['system', 'light', 'dark', 'projector'] as const
export const panelNames = ['attention', 'lens', 'probabilities'] as const satisfies SlicePanel[]
const emptyShow = '<script type="application/json" id="show">null</script>'
const emptyRun = '<script type="application/octet-stream;base64" id="run"></script>'
const emptyTitle = '<title>Glassbox</title>'

/** Text between tags. */
const plain = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
/** JSON inside a script element: neither "</script" nor "<!--" can end or bend it. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

/**
 * @param template player.html as it was built @param run a recording
 * @throws an Error where `template` is something else, such as a page that a host sends in its place
 */
export function fillPage(template: string, title: string, show: Show, run: Uint8Array): string {
  const parts: [slot: string, filled: string][] = [
    [emptyTitle, `<title>${plain(title)}</title>`],
    [emptyShow, emptyShow.replace('null', () => inScript(show))],
    [emptyRun, emptyRun.replace('><', () => `>${base64(run)}<`)],
  ]
  return parts.reduce((page, [slot, filled]) => {
    if (page.split(slot).length !== 2) throw new Error(`player.html has no place for ${slot}.`)
    return page.replace(slot, () => filled)
  }, template)
}

/** What fillPage wrote; null for anything else. A file may have been changed by hand. */
export function readShow(text: string): Show | null {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof given !== 'object' || given === null) return null
  const { panel, lang, theme, model, ...numbers } = given as Record<string, unknown>
  const whole = (name: keyof Show): number => {
    const value = (numbers as Record<string, unknown>)[name]
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0
  }
  if (!panelNames.includes(panel as SlicePanel)) return null
  return {
    panel: panel as SlicePanel,
    lang: lang === 'zh' ? 'zh' : 'en',
    theme: themeNames.find((name) => name === theme) ?? 'system',
    model: typeof model === 'string' ? model.slice(0, 300) : '',
    position: whole('position'),
    layer: whole('layer'),
    head: whole('head'),
    kept: whole('kept'),
    of: whole('of'),
  }
}
