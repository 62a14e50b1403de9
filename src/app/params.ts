// URL parameters: ?model=<id>&lang=zh. Read once and taken out of the address,
// so that a reload or a shared address does not repeat them by surprise.

export interface StartParams {
  model: string | null
  lang: 'zh' | 'en' | null
}

export function takeParams(): StartParams {
  const url = new URL(location.href)
  const model = url.searchParams.get('model')
  const lang = url.searchParams.get('lang')
  if (model !== null || lang !== null) {
    url.searchParams.delete('model')
    url.searchParams.delete('lang')
    history.replaceState(null, '', url)
  }
  return { model, lang: lang === null ? null : /^zh\b/i.test(lang) ? 'zh' : /^en\b/i.test(lang) ? 'en' : null }
}
