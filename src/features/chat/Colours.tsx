// The switch that colours answers, and the bar that says what the colours mean.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { tokensOf, useChat } from '../../store/index.ts'
import { Legend } from '../../ui/Legend.tsx'
import { useNarrow } from '../../ui/useNarrow.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { scaleOf } from './coloring-scale.ts'
import { measures, useColoring, type Measure } from './coloring.ts'
import styles from './TokenText.module.css'

export function ColourSwitch() {
  const t = usePanelText(tokenWords).colours
  const { by, set } = useColoring()
  // on a phone the measure's own name is all that fits
  const narrow = useNarrow()
  return (
    <select
      className={styles.select}
      aria-label={t.label}
      title={t.label}
      value={by}
      data-testid="token-colours"
      onChange={(event) => set({ by: event.target.value as Measure | 'off', open: null })}
    >
      <option value="off">{t.choice(t.off)}</option>
      {measures.map((one) => (
        <option key={one} value={one}>
          {narrow ? t[one] : t.choice(t[one])}
        </option>
      ))}
    </select>
  )
}

export function ColourLegend() {
  const t = usePanelText(tokenWords).colours
  const format = useFormats()
  const scheme = useScheme()
  const by = useColoring((s) => s.by)
  const blank = useChat((s) =>
    s.messages.some((m) => m.role === 'assistant' && m.state !== 'streaming' && tokensOf(m.id).length === 0),
  )
  if (by === 'off') return null
  const scale = scaleOf(by, scheme)
  return (
    <div className={styles.legend} data-testid="token-legend">
      <Legend
        scale={scale}
        label={t.legend[by]}
        format={(value) => (value === scale.max ? `≥ ${format.number(value)}` : format.number(value))}
      />
      {blank && <p>{t.none}</p>}
    </div>
  )
}
