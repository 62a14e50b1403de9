// Numbers, bytes, times and dates as each language writes them. Decimal bytes (1 MB = 10⁶), as file lists and model
// pages use.

export type Lang = 'zh' | 'en'
const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en' }

export interface Formats {
  /** at most `digits` decimals, default 0 */
  number(n: number, digits?: number): string
  /** three significant digits: 41.2, 0.083, 1,240 */
  short(n: number): string
  /** 135M, 1.35亿 */
  compact(n: number): string
  percent(fraction: number): string
  /** two digits of a small share, three of another: 90.9 %, 0.032 %; never 0 for what is not nearly nothing */
  share(fraction: number): string
  bytes(n: number): string
  /** 3.2 s, 5 min 20 s, 2 h 5 min */
  duration(seconds: number): string
  /** today's time, else the day */
  when(ms: number, now?: number): string
  list(items: readonly string[]): string
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

function create(lang: Lang): Formats {
  const locale = locales[lang]
  const cache = new Map<string, Intl.NumberFormat>()
  const formatter = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options)
    let made = cache.get(key)
    if (!made) cache.set(key, (made = new Intl.NumberFormat(locale, options)))
    return made
  }
  const unit = (n: number, name: string, digits: number) =>
    formatter({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(n)
  const short = (n: number): string =>
    formatter({
      maximumSignificantDigits: Math.max(3, Math.ceil(Math.log10(Math.abs(n) + 1))),
      signDisplay: 'negative',
    }).format(n)
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const year = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' })
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const lists = new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' })
  return {
    // a number that rounds to nothing has no sign: "-0" is a fault to every reader
    number: (n, digits = 0) => formatter({ maximumFractionDigits: digits, signDisplay: 'negative' }).format(n),
    short,
    compact: (n) => formatter({ notation: 'compact', maximumSignificantDigits: 3 }).format(n),
    percent: (fraction) => formatter({ style: 'percent', maximumFractionDigits: 0 }).format(fraction),
    share: (fraction) =>
      `${short(fraction < 1e-6 ? 0 : Number((fraction * 100).toPrecision(fraction < 0.1 ? 2 : 3)))} %`,
    bytes(n) {
      let power = 0
      let value = n
      while (Math.abs(value) >= 999.5 && power < byteUnits.length - 1) {
        value /= 1000
        power++
      }
      return unit(value, byteUnits[power]!, power < 2 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
    },
    duration(seconds) {
      const whole = Math.round(seconds)
      if (seconds < 1) return unit(seconds, 'second', 2)
      if (seconds < 10) return unit(seconds, 'second', 1)
      if (whole < 60) return unit(whole, 'second', 0)
      if (whole < 3600) return `${unit(Math.floor(whole / 60), 'minute', 0)} ${unit(whole % 60, 'second', 0)}`
      return `${unit(Math.floor(whole / 3600), 'hour', 0)} ${unit(Math.floor((whole % 3600) / 60), 'minute', 0)}`
    },
    when(ms, now = Date.now()) {
      const then = new Date(ms)
      const today = new Date(now)
      if (then.toDateString() === today.toDateString()) return time.format(then)
      return (then.getFullYear() === today.getFullYear() ? day : year).format(then)
    },
    list: (items) => lists.format(items),
  }
}

const made = new Map<Lang, Formats>()
export function formats(lang: Lang): Formats {
  let found = made.get(lang)
  if (!found) made.set(lang, (found = create(lang)))
  return found
}
