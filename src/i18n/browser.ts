// Which browser's words to show when WebGPU is missing. Used for advice only, never to decide what works.

export type BrowserKind = 'chromeLinux' | 'chromeAndroid' | 'chrome' | 'firefox' | 'safariOld' | 'other'

export function browserKind({ userAgent }: { userAgent: string }): BrowserKind {
  if (/Firefox\//.test(userAgent)) return 'firefox'
  if (/Chrom(e|ium)\/|CriOS|Edg\//.test(userAgent)) {
    if (/Android/.test(userAgent)) return 'chromeAndroid'
    if (/iPhone|iPad/.test(userAgent)) return 'safariOld'
    return /Linux|X11/.test(userAgent) ? 'chromeLinux' : 'chrome'
  }
  return /Safari\//.test(userAgent) ? 'safariOld' : 'other'
}
