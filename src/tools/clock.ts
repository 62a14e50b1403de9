// The clock: the time now, here or in another time zone. What the browser knows of zones and daylight saving is used.

import type { Tool } from './tool.ts'

/** "2026-11-27 20:05:13, Friday, Asia/Shanghai (GMT+08:00)". @throws Error where there is no such zone */
export function timeIn(now: Date, timeZone: string): string {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      weekday: 'long',
      timeZoneName: 'longOffset',
    })
  } catch {
    throw new Error(`there is no time zone "${timeZone}": write one of the IANA list, such as Asia/Shanghai or UTC`)
  }
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const date = `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`
  return `${date} ${of('hour')}:${of('minute')}:${of('second')}, ${of('weekday')}, ${timeZone} (${of('timeZoneName')})`
}

export const clock: Tool = {
  name: 'clock',
  description: 'Tells the date, the weekday and the time now, in the time zone of this computer or in another one.',
  parameters: {
    type: 'object',
    properties: {
      time_zone: { type: 'string', description: 'IANA name, such as Europe/Paris; absent: here', maxLength: 64 },
    },
    required: [],
    additionalProperties: false,
  },
  words: {
    en: { title: 'Clock', about: 'Date, weekday and time of this computer, in any time zone.' },
    zh: { title: '时钟', about: '这台电脑的日期、星期和时间，可换算到任何时区。' },
  },
  run: ({ time_zone: zone }, { now, timeZone }) =>
    timeIn(now, zone === undefined || zone === '' ? timeZone : String(zone)),
}
