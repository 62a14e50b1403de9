// Which addresses of untrusted text may become links (absolute http(s) ones, nothing else), where they lead, and
// whether their text says something else.

/** The address to link to, or null. The result is what the browser will really open. */
export function safeUrl(address: string): string | null {
  let url: URL
  try { url = new URL(address.trim()) } catch { return null }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  // "https://bank.example@evil.example": the part before @ only serves to deceive
  if (url.username !== '' || url.password !== '') return null
  return url.href
}

/** As hosts are compared: without what cannot be seen, look-alike forms folded, www. left out. */
const bare = (host: string): string => host.toLowerCase().replace(/^www\./, '').replace(/\.$/, '')
const unseen = /[\p{Cf}\p{Cc}\p{Mn}]/gu
const named = /(?:^|[^\p{L}\p{N}@.-])(?:[a-z]+:\/+)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?::\d+)?(?=$|[^\p{L}\p{N}.-]|\.(?:$|\s))/giu
/** "node.js" names a file or a product, not a host; with an address around it, it is one. */
const fileName = /^[^.]+\.(?:js|ts|tsx|jsx|mjs|json|md|txt|html?|css|csv|pdf|png|jpe?g|svg|gif|zip|exe|c|h|cc|cpp|java|wgsl|gguf|yaml|yml|toml|xml|log|net)$/i

/** The hosts a link's text names. */
export function hostsIn(text: string): string[] {
  const seen = text.slice(0, 500).normalize('NFKC').replace(unseen, '').replaceAll('。', '.')
  return [...seen.matchAll(named)].filter((found) => /:\/+/.test(found[0]) || !fileName.test(found[1]!)).map((found) => bare(found[1]!))
}

/** Whether the text names another host than the one the link leads to. A site's own subdomain is no other. */
export function misleads(text: string, href: string): boolean {
  const real = bare(new URL(href).hostname)
  return hostsIn(text).some((host) => {
    let shown = host
    try { shown = bare(new URL(`http://${host}`).hostname) } catch { return true }
    return shown !== real && !real.endsWith(`.${shown}`)
  })
}

/** The host as it is shown beside a link: its end tells where it leads, so a long one loses its middle. */
export function shownHost(href: string): string {
  const { host } = new URL(href)
  return host.length > 60 ? `${host.slice(0, 12)}…${host.slice(-44)}` : host
}

/** Whether the text is the address itself. */
export function isAddress(text: string, href: string): boolean {
  const plain = (one: string): string => one.trim().replace(/^https?:\/\//i, '').replace(/\/$/, '')
  if (plain(text) === plain(href)) return true
  // Chinese paths are escaped in href
  try { return plain(new URL(/^https?:/i.test(text) ? text.trim() : `http://${text.trim()}`).href) === plain(href) && !/[^\x20-\x7e]/.test(text.split('/')[2] ?? '') } catch { return false }
}
