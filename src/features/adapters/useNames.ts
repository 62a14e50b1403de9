// What people call the adapters: asked of the disk once, where no panel has done it yet.

import { useEffect } from 'react'
import { useAdapters } from '../../store/adapters.ts'
import type { StoredAdapter } from '../../store/index.ts'

export function useNames(): readonly StoredAdapter[] {
  const { stored, start } = useAdapters()
  useEffect(() => void start(), [start])
  return stored
}
