// Which features of a graphics device a model is meant for and this browser does not offer. The browser is asked once, and
// only where a list names one.

import { useEffect, useState } from 'react'

let asked: Promise<ReadonlySet<string>> | undefined
const offered = async (): Promise<ReadonlySet<string>> => {
  const gpu = (navigator as Partial<Navigator>).gpu
  const adapter = await gpu?.requestAdapter().catch(() => null)
  return new Set(adapter?.features)
}

/** Empty until it is known. */
export function useLacking(features: readonly string[] | undefined): readonly string[] {
  const [has, setHas] = useState<ReadonlySet<string> | null>(null)
  const wants = (features?.length ?? 0) > 0
  useEffect(() => {
    let isOld = false
    if (wants) void (asked ??= offered()).then((found) => isOld || setHas(found))
    return () => void (isOld = true)
  }, [wants])
  return has === null ? [] : (features ?? []).filter((name) => !has.has(name))
}
