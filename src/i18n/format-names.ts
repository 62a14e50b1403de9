// What people call the formats that weights are kept in. Most have a name that their makers gave them, which stays; those
// that this engine named for itself (whole numbers of so many bits) are said by what they are. Knows no list of formats.

import type { Lang } from './format.ts'

const words = {
  en: {
    whole: (bits: string) => `${bits}-bit, groups`,
    ordered: (bits: string) => `${bits}-bit, act-order`,
    bias: (bits: string) => `${bits}-bit, groups with bias`,
  },
  zh: {
    whole: (bits: string) => `${bits} 位，分组`,
    ordered: (bits: string) => `${bits} 位，act-order`,
    bias: (bits: string) => `${bits} 位，分组带偏置`,
  },
}

/** @param format as the engine calls it */
export function formatName(format: string, lang: Lang): string {
  const [, bits, second] = /^uint(\d+)(?:_(ordered|bias))?$/.exec(format) ?? []
  if (bits !== undefined) return words[lang][(second as 'ordered' | 'bias' | undefined) ?? 'whole'](bits)
  return format.replace(/^i(?=\d+$)/, 'int').replace(/^(?!int).*/, (name) => name.toUpperCase())
}
