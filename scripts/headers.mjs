// The security headers of the page, in one place: the server sends them, the
// service worker repeats them on hosts that cannot, the build puts a part into
// the page itself. Nothing here may be loosened for convenience: the page runs
// without eval, WebAssembly, inline scripts, inline styles or foreign images,
// and its network reaches only the hosts listed below.

/** Where models may come from without being asked for; wildcards cover the hubs' file hosts. */
export const modelHosts = [
  'https://huggingface.co',
  'https://*.huggingface.co',
  'https://*.hf.co',
  'https://hf-mirror.com',
  'https://*.hf-mirror.com',
]

/** A host of --allow-host as a CSP source. Throws a sentence when it is not one origin. */
export function allowedHost(text) {
  const wrong = () =>
    new Error(
      `Cannot allow "${text}": give one origin such as https://example.org (http only for 127.0.0.1 and localhost).`,
    )
  const match = /^(https?):\/\/((?:\*\.)?[a-z0-9.-]+)(:\d{1,5})?\/?$/i.exec(text)
  if (!match) throw wrong()
  const [, scheme, host, port = ''] = match
  if (scheme.toLowerCase() === 'http' && !['localhost', '127.0.0.1'].includes(host)) throw wrong()
  return `${scheme}://${host}${port}`.toLowerCase()
}

const page = {
  'script-src': "'self'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'img-src': "'self' data: blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'app',
}
const join = (directives) =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')

const connect = (hosts = []) => ["'self'", ...modelHosts, ...hosts].join(' ')

/**
 * The part a <meta> can carry, for the first visit on a host that sends no headers: all but frame-ancestors. It binds
 * the
 * page, not its workers. Where headers come with the page (our server with --allow-host, the service worker) it is
 * taken out.
 */
export const metaPolicy = join({ 'default-src': "'none'", 'connect-src': connect(), ...page })

/** The page without the policy in it: that is for answers without headers, and cannot be widened by them. */
export const withoutMeta = (html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\s*/i, '')

const powers =
  'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), browsing-topics=()'

/**
 * Of embed.html alone: any site may frame it. It keeps nothing, runs no model and has no say over a reader's chats; what
 * it may load stands in its own <meta>, with the hashes of its code.
 */
export const embedHeaders = {
  'content-security-policy': "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': powers,
}
/** Of recordings beside it, too: a sandboxed frame has no origin that could be its own. */
export const traceHeaders = { 'access-control-allow-origin': '*' }

/** @param {string[]} [hosts] origins the page may fetch from beside its own and the model hosts */
export function securityHeaders(hosts = []) {
  return {
    'content-security-policy': join({
      'default-src': "'none'",
      'connect-src': connect(hosts),
      ...page,
      'frame-ancestors': "'none'",
    }),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': powers,
  }
}
