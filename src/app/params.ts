// URL parameters: ?model=<id>&lang=zh&device=gpu,f32&view=attention, and what a fresh chat is asked (asked.ts). Read once and
// taken out of the address, so that a reload or a shared address does not repeat them by surprise.

import { addressParams, paramsInAddress } from '../store/address-params.ts'
import type { Asked } from './asked.ts'

const devices = ['auto', 'gpu', 'cpu'] as const
const texts = ['model', 'lang', 'device', 'view', 'system', 'prompt', 'q'] as const

export interface StartParams extends Asked {
  model: string | null
  lang: 'zh' | 'en' | null
  /** what computes; kept as if it had been chosen in the settings */
  device: (typeof devices)[number] | null
  /** the other words of `device`: what the engine is to do without (LoadOptions.force), which refuses those it does not know */
  force: string
  /** the panel that is shown first */
  view: string | null
}

export function takeParams(): StartParams {
  const url = new URL(location.href)
  const text = (name: (typeof texts)[number]): string | null => url.searchParams.get(name)
  const [lang, device] = [text('lang'), text('device')]
  const words = (device ?? '').split(',').map((word) => word.trim())
  const taken: StartParams = {
    ...{ model: text('model'), view: text('view'), system: text('system'), prompt: text('prompt'), q: text('q') },
    params: paramsInAddress(url.searchParams),
    lang: lang === null ? null : /^zh\b/i.test(lang) ? 'zh' : /^en\b/i.test(lang) ? 'en' : null,
    device: devices.find((one) => words.includes(one)) ?? null,
    force: words.filter((word) => word !== '' && !devices.some((one) => one === word)).join(),
  }
  const names = [...texts, ...addressParams].filter((name) => url.searchParams.has(name))
  for (const name of names) url.searchParams.delete(name)
  if (names.length > 0) history.replaceState(null, '', url)
  return taken
}
