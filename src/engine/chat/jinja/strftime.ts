// Python's strftime in English, whatever the browser speaks: it becomes part of the prompt.

import { refuse, type Meter } from './meter.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dayMs = 86_400_000

/**
 * Every code of glibc in the C locale, with its flags `-` (no padding), `_` (spaces), `0`, `^` (capitals). Unknown
 * codes are refused.
 */
export function strftime(date: Date, format: string, meter: Meter | null = null): string {
  meter?.text(format.length)
  return format.replace(/%([-_0^#]?)([EO]?)(.|$)/gsu, (all, flag: string, _locale: string, code: string) => {
    meter?.charge(1)
    const found = part(date, code, meter)
    if (found === null || flag === '#') return refuse(`the date format "${all}"`)
    let { text } = found
    if (flag === '^') return text.toUpperCase()
    const digits = found.width > 0
    if (flag === '-' && digits) text = text.replace(/^[0 ]+(?=.)/, '')
    if (flag === '_' && digits) text = text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
    if (flag === '0' && digits) text = text.replace(/^ +/, (spaces) => '0'.repeat(spaces.length))
    return text
  })
}

interface Part {
  text: string
  /** above 0: a number, padded to this many places */ width: number
}

function part(date: Date, code: string, meter: Meter | null): Part | null {
  const number = (value: number, width = 2, fill = '0'): Part => ({ text: String(value).padStart(width, fill), width })
  const words = (text: string): Part => ({ text, width: 0 })
  const all = (format: string): Part => words(strftime(date, format, meter))
  const year = date.getFullYear(),
    hour = date.getHours(),
    hour12 = hour % 12 || 12,
    weekday = date.getDay()
  const midnight = Date.UTC(year, date.getMonth(), date.getDate())
  const yearDay = Math.round((midnight - Date.UTC(year, 0, 1)) / dayMs)
  switch (code) {
    case 'Y':
      return { text: String(year), width: 4 }
    case 'C':
      return number(Math.floor(year / 100))
    case 'y':
      return number(year % 100)
    case 'm':
      return number(date.getMonth() + 1)
    case 'd':
      return number(date.getDate())
    case 'e':
      return number(date.getDate(), 2, ' ')
    case 'H':
      return number(hour)
    case 'I':
      return number(hour12)
    case 'k':
      return number(hour, 2, ' ')
    case 'l':
      return number(hour12, 2, ' ')
    case 'M':
      return number(date.getMinutes())
    case 'S':
      return number(date.getSeconds())
    case 'f':
      return words(`${String(date.getMilliseconds()).padStart(3, '0')}000`)
    case 'j':
      return number(yearDay + 1, 3)
    case 'U':
      return number(Math.floor((yearDay + 7 - weekday) / 7))
    case 'W':
      return number(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7))
    case 'w':
      return { text: String(weekday), width: 1 }
    case 'u':
      return { text: String(weekday || 7), width: 1 }
    case 'G':
      return { text: String(isoWeek(midnight, weekday).year), width: 4 }
    case 'g':
      return number(isoWeek(midnight, weekday).year % 100)
    case 'V':
      return number(isoWeek(midnight, weekday).week)
    case 'B':
      return words(months[date.getMonth()]!)
    case 'b':
    case 'h':
      return words(months[date.getMonth()]!.slice(0, 3))
    case 'A':
      return words(days[weekday]!)
    case 'a':
      return words(days[weekday]!.slice(0, 3))
    case 'p':
      return words(hour < 12 ? 'AM' : 'PM')
    case 'P':
      return words(hour < 12 ? 'am' : 'pm')
    case 'c':
      return all('%a %b %e %H:%M:%S %Y')
    case 'x':
    case 'D':
      return all('%m/%d/%y')
    case 'X':
    case 'T':
      return all('%H:%M:%S')
    case 'F':
      return all('%Y-%m-%d')
    case 'R':
      return all('%H:%M')
    case 'r':
      return all('%I:%M:%S %p')
    case 's':
      return words(String(Math.floor(date.getTime() / 1000)))
    case 'n':
      return words('\n')
    case 't':
      return words('\t')
    case '%':
      return words('%')
    // now() knows no time zone
    case 'z':
    case 'Z':
      return words('')
    default:
      return null
  }
}

/** The week of the year that has its Thursday (ISO 8601). */
function isoWeek(midnight: number, weekday: number): { year: number; week: number } {
  const thursday = new Date(midnight + (4 - (weekday || 7)) * dayMs)
  const year = thursday.getUTCFullYear()
  return { year, week: 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayMs)) }
}
