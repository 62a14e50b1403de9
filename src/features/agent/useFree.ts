// Nobody writes in this tab: a run may begin, or go on.

import { useChat } from '../../store/index.ts'

export const useFree = (): boolean => useChat((s) => s.status === 'idle')
