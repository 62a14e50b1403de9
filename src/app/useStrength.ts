// An adapter of a link as it is written: its name, and how strong it was where that is not as it was trained.

import { useFormats } from '../i18n/index.tsx'
import { plainName } from '../ui/plain-name.ts'

export function useStrength(): (adapter: { name: string; scale: number }) => string {
  const format = useFormats()
  return ({ name, scale }) => (scale === 1 ? plainName(name) : `${plainName(name)} × ${format.number(scale, 3)}`)
}
