// The page's only Trusted Types policy. The Content-Security-Policy refuses
// every script URL that did not pass here, and this passes our own origin's
// only. Worker and service worker are its two users:
//
//   import url from './engine.worker.ts?worker&url'
//   new Worker(workerUrl(url), { type: 'module', name: 'engine' })
//
// (Vite's `new Worker(new URL(…, import.meta.url))` hands the browser a plain
// URL, which the policy refuses.) It knows nothing of what the script does.

interface Policy {
  createScriptURL(url: string): unknown
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

function check(url: string): string {
  const full = new URL(url, location.href)
  if (full.origin !== location.origin || !/^https?:$/.test(full.protocol)) {
    throw new TypeError(`Only scripts of this page's own origin may run; "${full.href}" is not.`)
  }
  return full.href
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
// A policy can be created once per page under its name: keep it for the page's life.
const policy = factory?.createPolicy('app', { createScriptURL: check })

/** A script URL that new Worker() and serviceWorker.register() accept under the page's policy. */
export function workerUrl(url: string): string {
  // A TrustedScriptURL is an object; the DOM types of Worker and register() ask for a string.
  return (policy ? policy.createScriptURL(url) : check(url)) as string
}
