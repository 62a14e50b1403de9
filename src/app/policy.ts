// The page's security headers on hosts that send some of their own: both hold, the stricter wins. Pure.
//
// A browser enforces every policy of a response, so ours is added to the host's and never dropped for it. One policy
// takes ours' place: ours as our own server sends it, with more hosts to fetch from, because its owner asked for them.

type Directives = Map<string, string[]>

function read(policy: string): Directives {
  const found: Directives = new Map()
  for (const part of policy.split(';')) {
    const [name, ...values] = part.trim().split(/\s+/)
    // the first of a name counts, as in a browser
    if (name && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), values)
  }
  return found
}

const origin = /^(https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?$/

/** Whether `sent` is `own` but for more single origins in connect-src. */
function widened(sent: string, own: string): boolean {
  const theirs = read(sent),
    ours = read(own)
  if (sent.includes(',') || theirs.size !== ours.size) return false
  return [...ours].every(([name, values]) => {
    const given = theirs.get(name)
    if (!given) return false
    if (name !== 'connect-src') return given.join(' ') === values.join(' ')
    return (
      values.every((value) => given.includes(value)) &&
      given.every((value) => values.includes(value) || origin.test(value))
    )
  })
}

/** An address that the reader may let the page reach: one origin without wildcards, http on this machine alone. */
export const isOneOrigin = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 300 && origin.test(value) && !value.includes('*')

/** Whether an address shows the page itself: its folder, its index, or a name in the folder that is none of the files. */
export function showsPage(address: string, base: string, files: ReadonlySet<string>): boolean {
  const url = URL.parse(address)
  if (!url) return false
  url.search = url.hash = ''
  const { href, pathname } = url
  if (href === base || href === `${base}index.html`) return true
  return href.startsWith(base) && !files.has(href) && !/\.\w+$/.test(pathname)
}

const withOrigin = (policy: string, added: string | null): string =>
  added === null ? policy : policy.replace(/connect-src [^;]*/, (all) => `${all} ${added}`)

/**
 * What the answer's headers must be. A host's policy that is not ours holds for the added address, too.
 * @param sent the host's headers @param own ours, by lower-case name @param added the one address that the reader let
 *   through
 */
export function combine(
  sent: { get(name: string): string | null },
  own: Readonly<Record<string, string>>,
  added: string | null = null,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => {
      const theirs = sent.get(name)
      if (name === 'content-security-policy') {
        const ours = withOrigin(value, added)
        if (!theirs) return [name, ours]
        return [name, widened(theirs, value) ? withOrigin(theirs, added) : `${theirs}, ${ours}`]
      }
      if (!theirs) return [name, value]
      // a dictionary: of two values for one feature the last counts, and ours deny
      if (name === 'permissions-policy') return [name, `${theirs}, ${value}`]
      return [name, value]
    }),
  )
}

// repeated from scripts/headers.mjs, which the browser cannot load; tested equal
/** The page without the policy in it: that is for answers without headers, and cannot be widened by them. */
export const withoutMeta = (html: string): string =>
  html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\s*/i, '')
