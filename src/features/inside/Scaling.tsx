// Scaling of positions, by slider: a drawing of the formula over a layer's frequencies, nothing of the run. So it is folded
// away inside the card that shows the run.

import { useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { scaling as words } from '../../i18n/panels/scaling.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { num, useRun } from './run.ts'
import { pairUnder, wavesList } from './scaling-draw.ts'
import { baseOf, kinds, scaled, waveOf, type Chosen } from './scaling.ts'

/** longest texts of training to choose from */
const lengths = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 32_768]
const MOST = 16

interface Props {
  inv: readonly number[]
  pair: number
  onPair: (pair: number) => void
}

export function Scaling(props: Props) {
  const t = usePanelText(words)
  const [open, setOpen] = useState(false)
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="scaling">
      <summary>{t.title}</summary>
      {open && <Formula {...props} />}
    </details>
  )
}

function Formula({ inv, pair, onPair }: Props) {
  const { t: inside, format } = useRun()
  const t = usePanelText(words)
  const scheme = useScheme()
  const [chosen, choose] = useState<Chosen>({ kind: 'yarn', factor: 4, trained: 2048 })
  const base = baseOf(inv)
  if (base === null) return <p className={styles.note}>{t.already}</p>
  const { factor, kind, trained } = chosen
  const after = scaled(inv.length, base, chosen)
  const waves = { before: inv, after: after.inv, trained, reach: factor * trained }
  const drawn = {
    ...t,
    pair: inside.distance.pair,
    trained: t.trained(format.number(trained)),
    reach: t.reach(format.number(factor * trained)),
  }
  const wave = (speed: number): string => t.tokens(num(waveOf(speed)))
  const slower = inv[pair]! / after.inv[pair]!
  return (
    <>
      <p className={styles.note}>{t.caption}</p>
      <div className={styles.fields}>
        <Segmented
          label={t.kind}
          value={kind}
          onChange={(next) => choose({ ...chosen, kind: next })}
          options={kinds.map((value) => ({ value, text: t.kinds[value] }))}
        />
        <label className={styles.field}>
          {t.length}
          <select value={trained} onChange={(event) => choose({ ...chosen, trained: Number(event.target.value) })}>
            {lengths.map((n) => (
              <option key={n} value={n}>
                {format.number(n)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className={styles.slide}>
        {t.factor}
        <input
          type="range"
          min={1}
          max={MOST}
          step={0.5}
          value={factor}
          aria-valuetext={`× ${format.number(factor, 1)}`}
          onChange={(event) => choose({ ...chosen, factor: event.target.valueAsNumber })}
          data-testid="scaling-factor"
        />
        <output>× {format.number(factor, 1)}</output>
      </label>
      <Drawing
        draw={(width) =>
          wavesList(
            width,
            waves,
            pair,
            (name) => themeColor(name, scheme),
            drawn,
            (n) => format.compact(n),
          )
        }
        label={t.label(inv.length, wave(inv.at(-1)!), wave(after.inv.at(-1)!))}
        pointer
        onPick={({ x, width }) => onPair(pairUnder(x, width, inv.length))}
      />
      <Sums
        rows={[
          { name: t.turnOf(pair), value: `${wave(inv[pair]!)} → ${wave(after.inv[pair]!)}` },
          { name: t.slower, value: `× ${num(slower)}`, exact: slower, testId: 'scaling-slower' },
          ...(kind === 'yarn' ? [{ name: t.times, value: `× ${num(after.factor)}` }] : []),
        ]}
      />
    </>
  )
}
