import { expect, test } from 'vitest'
import { metaPolicy, securityHeaders, withoutMeta as inScripts } from '../../scripts/headers.mjs'
import { readServer } from '../store/remote/server.ts'
import { combine, isOneOrigin, showsPage, withoutMeta } from './policy.ts'

const own = securityHeaders()
const csp = own['content-security-policy']!
const combined = (headers: Record<string, string>): Record<string, string> => combine(new Headers(headers), own)
const policyFor = (sent: string): string => combined({ 'content-security-policy': sent })['content-security-policy']!

test('a host without headers gets ours, all of them', () => {
  expect(combined({})).toEqual(own)
})

test.each([
  'default-src *',
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' https: data:",
  'upgrade-insecure-requests',
  "frame-ancestors 'self'",
  "script-src 'none'",
  'default-src',
  ';',
  'x',
  // like ours, and yet not: each of these would let something out, or something in
  csp.replace(/connect-src [^;]*/, 'connect-src *'),
  csp.replace("connect-src 'self'", "connect-src 'self' https:"),
  csp.replace("connect-src 'self'", "connect-src 'self' https://*"),
  csp.replace("connect-src 'self'", "connect-src 'self' http://evil.example"),
  csp.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'"),
  csp.replace("object-src 'none'; ", ''),
  `${csp}; sandbox allow-scripts`,
  `${csp}, ${csp}`,
  csp.replace("'none'", '*'),
])('a policy of its own is kept beside ours: %s', (sent) => {
  expect(policyFor(sent)).toBe(`${sent}, ${csp}`)
})

test('our own server may allow more hosts', () => {
  const wider = securityHeaders(['https://example.org', 'http://127.0.0.1:4000', 'https://*.example.org'])[
    'content-security-policy'
  ]!
  expect(policyFor(wider)).toBe(wider)
  expect(policyFor(csp)).toBe(csp)
})

test('other headers are ours, whatever the host sends', () => {
  const out = combined({
    'cross-origin-opener-policy': 'unsafe-none',
    'cross-origin-embedder-policy': 'unsafe-none',
    'referrer-policy': 'unsafe-url',
    'permissions-policy': 'camera=*, fullscreen=()',
  })
  expect(out['cross-origin-opener-policy']).toBe('same-origin')
  expect(out['cross-origin-embedder-policy']).toBe('require-corp')
  expect(out['referrer-policy']).toBe('no-referrer')
  expect(out['permissions-policy']).toBe(`camera=*, fullscreen=(), ${own['permissions-policy']}`)
})

test('the policy in the page says all that a <meta> may say', () => {
  expect(`${metaPolicy}; frame-ancestors 'none'`).toBe(csp)
  for (const without of [withoutMeta, inScripts]) {
    expect(
      without(`<head><meta http-equiv="Content-Security-Policy" content="${metaPolicy}">\n<meta charset="utf-8">`),
    ).toBe('<head><meta charset="utf-8">')
  }
})

const added = 'https://llm.example.org:8443'
test('one address more, by the reader: ours and no other part of the policy is opened for it', () => {
  const opened = (sent: Record<string, string>) => combine(new Headers(sent), own, added)['content-security-policy']!
  expect(opened({})).toBe(csp.replace(/connect-src [^;]*/, (all) => `${all} ${added}`))
  expect(opened({ 'content-security-policy': csp })).toBe(opened({}))
  // a host's own policy holds for it, too
  expect(opened({ 'content-security-policy': "connect-src 'self'" })).toBe(`connect-src 'self', ${opened({})}`)
  const wider = securityHeaders(['https://example.org'])['content-security-policy']!
  expect(opened({ 'content-security-policy': wider })).toContain(`https://example.org ${added};`)
})
test.each([
  'https://*.example.org',
  '*',
  "'self'",
  'https:',
  'https://a.example https://b.example',
  'https://a.example; script-src *',
  'http://example.org',
  'https://a.example/path',
  'data:',
  '',
  null,
  7,
  { toString: () => added },
  `https://${'a'.repeat(400)}.example`,
])('no address to let through: %s', (given) => expect(isOneOrigin(given)).toBe(false))
test.each(['https://example.org', 'http://127.0.0.1:8080', 'http://localhost', 'https://1.2.3.4:1'])(
  'what the page asks is what is let through: %s',
  (given) => {
    expect(isOneOrigin(given)).toBe(true)
    expect(readServer(given)).toBe(`${given}/v1`)
  },
)

test.each([
  ['https://host.example/box/', true],
  ['https://host.example/box/?lang=zh#/models', true],
  ['https://host.example/box/index.html#x', true],
  ['https://host.example/box/anything', true],
  ['https://host.example/box/player.html', false],
  ['https://host.example/box/sw.js', false],
  ['https://host.example/box/listed', false],
  ['https://host.example/other/', false],
  ['https://host.example/boxes/', false],
  ['https://evil.example/box/', false],
  ['blob:https://host.example/box/', false],
  ['about:blank', false],
  ['', false],
])('%s shows the page itself: %s', (address, shows) => {
  const base = 'https://host.example/box/'
  expect(showsPage(address, base, new Set([`${base}index.html`, `${base}player.html`, `${base}listed`]))).toBe(shows)
})
