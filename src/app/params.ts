// URL parameters: ?model=<id>&lang=zh&device=cpu. Read once and taken out of the address,
// so that a reload or a shared address does not repeat them by surprise.

const devices = ['auto', 'gpu', 'cpu'] as const

export interface StartParams {
  model: string | null
  lang: 'zh' | 'en' | null
  /** what computes; kept as if it had been chosen in the settings */
  device: (typeof devices)[number] | null
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
  return {
    model,
    lang: lang === null ? null : /^zh\b/i.test(lang) ? 'zh' : /^en\b/i.test(lang) ? 'en' : null,
    device: devices.find((one) => one === device) ?? null,
  }
}
