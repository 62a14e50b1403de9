// Which addresses of untrusted text may become links: absolute http(s) ones, nothing else.

/** The address to link to, or null. The result is what the browser will really open. */
export function safeUrl(address: string): string | null {
  let url: URL
  try { url = new URL(address.trim()) } catch { return null }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  // "https://bank.example@evil.example": the part before @ only serves to deceive
  if (url.username !== '' || url.password !== '') return null
  return url.href
}
