// Which addresses of untrusted text may become links (absolute http(s) ones, nothing else), where they lead, and
// whether their text says something else.

/** The address to link to, or null. The result is what the browser will really open. */
export function safeUrl(address: string): string | null {
  let url: URL
  try {
    url = new URL(address.trim())
  } catch {
    return null
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  // "https://bank.example@evil.example": the part before @ only serves to deceive
  if (url.username !== '' || url.password !== '') return null
  return url.href
}

const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
/** What cannot be seen, or only changes how what stands beside it is drawn. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Mn}\p{Me}\u2800]/gu
const dotLike =
  /[\u00b7\u0387\u05c5\u0660\u06d4\u06f0\u0701\u0702\u0d4e\u16eb\u2022\u2027\u2219\u22c5\u25cf\u26ab\u2e31\u2e33\u3002\u30fb\ua4f8\ua78f\u{10101}\u{1d16d}]/gu
/** Between Chinese and Japanese words it parts a name: 夏洛克·福尔摩斯. */
const partsName =
  /(?<=[\p{Script=Han}\p{Script=Katakana}])[\u00b7\u2022\u2027\u30fb](?=[\p{Script=Han}\p{Script=Katakana}])/gu
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Cc}/gu, ' ')
    .replace(unseen, '')
    .replace(partsName, ' ')
    .replace(dotLike, '.')
    .replaceAll('\\', '/')

/** Everything that may be a host's name, in one pass over the text. */
const runs = /\[[\da-f:.]*:[\da-f:.]*\]|[\p{L}\p{N}_.-]+/giu
const ending = /^(?:\p{L}{2,}|xn--[\da-z-]+)$/iu
const octets = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
/**
 * "node.js" names a file or a product, not a host; with an address around it, it is one. Endings that are also sites'
 * (.net, .zip) are not here.
 */
const fileName =
  /^[^.]+\.(?:js|ts|tsx|jsx|mjs|json|md|txt|html?|css|csv|pdf|png|jpe?g|svg|gif|exe|cpp|java|wgsl|gguf|yaml|yml|toml|xml)$/i

/** The hosts a link's text names, or may be read to name. */
export function hostsIn(text: string): string[] {
  const seen = folded(text),
    hosts: string[] = []
  /** where the path of the last host ends */
  let path = 0
  for (const { 0: run, index } of seen.matchAll(runs)) {
    const host = trimmed(run).replace(/\.{2,}/g, '.')
    if (host === '') continue
    const schemed = /(?:https?:\/*|(?:^|[\s:])\/\/)$/i.test(seen.slice(Math.max(0, index - 20), index))
    if (index < path && !schemed) continue
    const next = seen.slice(index + run.length, index + run.length + 8)
    const addressed = schemed || /^(?::\d|\/)/.test(next)
    const labels = host.split('.')
    const named =
      run.startsWith('[') ||
      schemed ||
      host.toLowerCase() === 'localhost' ||
      octets.test(host) ||
      (labels.length > 1 && ending.test(labels.at(-1)!) && (addressed || !fileName.test(host)))
    if (!named) continue
    hosts.push(bare(host))
    if (/^(?::\d*)?[/?#]/.test(next)) path = endOfWord(seen, index + run.length)
  }
  return hosts
}

/** Without dots and hyphens at its ends; by hand, because a regex for the end tries every start. */
function trimmed(run: string): string {
  let from = 0,
    to = run.length
  while (from < to && '.-'.includes(run[from]!)) from++
  while (to > from && '.-'.includes(run[to - 1]!)) to--
  return run.slice(from, to)
}

function endOfWord(text: string, from: number): number {
  const space = /\s/g
  space.lastIndex = from
  return space.exec(text)?.index ?? text.length
}

/** Whether the text names another host than the one the link leads to. A site's own subdomain is no other. */
export function misleads(text: string, href: string): boolean {
  if (isAddress(text, href)) return false
  const real = bare(new URL(href).hostname)
  return hostsIn(text).some((host) => {
    let shown = host
    try {
      shown = bare(new URL(`http://${host}`).hostname)
    } catch {
      return true
    }
    return shown !== real && !real.endsWith(`.${shown}`)
  })
}

/** The host as it is shown beside a link: its end tells where it leads, so a long one loses its middle. */
export function shownHost(href: string): string {
  const { host } = new URL(href)
  return host.length > 60 ? `${host.slice(0, 12)}…${host.slice(-44)}` : host
}

/**
 * Whether the text is the address itself, so that no host need stand beside it: its host is written in the plain
 * letters
 * that the browser asks for (a look-alike is not), and nothing in the rest is unseen or turns the reading direction.
 */
export function isAddress(text: string, href: string): boolean {
  const said = text.trim()
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)?([a-z\d.:[\]-]+)((?:[/?#].*)?)$/iu.exec(said) ?? []
  if (host === '' || /[^\x20-\x7e]/.test(host) || folded(rest) !== rest.normalize('NFKC') || /\s/.test(rest)) {
    return false
  }
  const real = new URL(href)
  let own: URL
  try {
    own = new URL(scheme === '' ? `${real.protocol}//${said}` : said)
  } catch {
    return false
  }
  const plain = (url: URL): string => url.href.replace(/\/$/, '')
  return own.hostname === host.toLowerCase().replace(/:\d*$/, '') && plain(own) === plain(real)
}
