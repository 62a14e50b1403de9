// An adapter as it is written: its name, and how strong it was where that is not as it was trained. And what a model was
// with those that were on.

import { useFormats } from '../i18n/index.tsx'
import { adapterName, isStored } from '../store/adapter-choices.ts'
import type { GlassInfo } from '../store/index.ts'
import { plainName } from '../ui/plain-name.ts'

/** @returns what writes it; `always`: with its strength, also where it is 1 */
export function useStrength(): (adapter: { name: string; scale: number }, always?: boolean) => string {
  const format = useFormats()
  return ({ name, scale }, always = false) => {
    const plain = plainName(adapterName(name))
    return scale === 1 && !always ? plain : `${plain} × ${format.number(scale, 3)}`
  }
}

/** "Storyteller + pirate × 0.5"; one that lies among the model's own tensors is the model. */
export function useModelOf(): (info: Pick<GlassInfo, 'model' | 'adapters'> | null) => string {
  const shown = useStrength()
  return (info) =>
    info === null
      ? ''
      : [info.model, ...(info.adapters ?? []).filter(({ name }) => isStored(name)).map((one) => shown(one))].join(' + ')
}
