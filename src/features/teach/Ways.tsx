// Three ways to teach, in the order in which InstructGPT went: what to say, which of two answers is better, a reward.

import { usePanelText } from '../../i18n/panels/index.ts'
import { roadWords } from '../../i18n/panels/road.ts'
import { useTeach } from '../../store/teach/index.ts'
import { useRoad } from '../../store/teach/road.ts'
import { Segmented } from '../../ui/Segmented.tsx'

export function Ways() {
  const t = usePanelText(roadWords).ways
  const { way, writing, set } = useRoad()
  const isLocked = useTeach((s) => s.phase !== 'idle') || writing !== null
  return (
    <Segmented
      label={t.label}
      value={way}
      options={(['rows', 'pairs', 'answers'] as const).map((value) => ({ value, text: t[value], disabled: isLocked }))}
      onChange={(chosen) => set({ way: chosen })}
      testId="teach-ways"
    />
  )
}
