// URL parameters: ?model=<id>&lang=zh&device=gpu,f32. Read once and taken out of the address,
// so that a reload or a shared address does not repeat them by surprise.

const devices = ['auto', 'gpu', 'cpu'] as const

export interface StartParams {
  model: string | null
  lang: 'zh' | 'en' | null
  /** what computes; kept as if it had been chosen in the settings */
  device: (typeof devices)[number] | null
  /** the other words of `device`: what the engine is to do without (LoadOptions.force), which refuses those it does not know */
  force: string
}

export function takeParams(): StartParams {
  const url = new URL(location.href)
  const model = url.searchParams.get('model')
  const lang = url.searchParams.get('lang')
  const device = url.searchParams.get('device')
  if (model !== null || lang !== null || device !== null) {
    for (const name of ['model', 'lang', 'device']) url.searchParams.delete(name)
    history.replaceState(null, '', url)
  }
  const words = (device ?? '').split(',').map((word) => word.trim())
  return {
    model,
    lang: lang === null ? null : /^zh\b/i.test(lang) ? 'zh' : /^en\b/i.test(lang) ? 'en' : null,
    device: devices.find((one) => words.includes(one)) ?? null,
    force: words.filter((word) => word !== '' && !devices.some((one) => one === word)).join(),
  }
}
