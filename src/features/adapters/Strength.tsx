// One adapter's strength: a switch, a slider, and a field beside it. One that puts entries before every text is on or
// off only.

import { useId, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { AdapterInfo } from '../../store/index.ts'
import { plainName } from '../../ui/plain-name.ts'
import styles from './Strength.module.css'
import { least, most, readStrength, step, useStrength, usual } from './strength.ts'

interface Props {
  adapter: AdapterInfo
  /** as people know it */
  name: string
}

export function Strength({ adapter, name: given }: Props) {
  const t = usePanelText(adapterWords)
  const format = useFormats()
  const id = useId()
  const name = plainName(given)
  const { value, set, toggle } = useStrength(adapter.name, adapter.scale)
  const whole = adapter.before !== undefined
  // it grows with what is typed, and stays so: ends that move back would run away under the thumb
  const [wide, setWide] = useState(false)
  if (!wide && Math.abs(value) > usual) setWide(true)
  const reach = wide ? most : usual
  const ticks = [-1, -0.5, 0, 0.5, 1].map((part) => part * reach)
  return (
    <div className={styles.strength} data-testid="strength" data-value={value}>
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={value !== 0}
          aria-label={t.switchOf(name)}
          data-testid="adapter-switch"
          onChange={toggle}
        />
        <span aria-hidden="true">{value === 0 ? t.offWord : t.onWord}</span>
      </label>
      {whole ? (
        <p className={styles.hint}>{t.onOff}</p>
      ) : (
        <>
          <span className={styles.slide}>
            <input
              type="range"
              min={-reach}
              max={reach}
              step={step}
              list={`${id}-ticks`}
              value={value}
              aria-label={t.strengthOf(name)}
              aria-valuetext={format.number(value, 2)}
              data-testid="adapter-slider"
              onChange={(event) => set(Number(event.target.valueAsNumber.toFixed(2)))}
            />
            <datalist id={`${id}-ticks`}>
              {ticks.map((tick) => (
                <option key={tick} value={tick}>
                  {tick}
                </option>
              ))}
            </datalist>
            <span className={styles.ticks} aria-hidden="true">
              {ticks.map((tick) => (
                <span key={tick}>{format.number(tick)}</span>
              ))}
            </span>
          </span>
          <StrengthField label={t.exactly(name)} value={value} onChange={set} testId="adapter-number" />
        </>
      )}
    </div>
  )
}

/** A strength, typed: all that the engine takes. */
export function StrengthField({
  label,
  value,
  onChange,
  testId,
}: {
  label: string
  value: number
  onChange: (value: number) => void
  testId?: string
}) {
  /** what is being typed and may not be a number yet */
  const [draft, setDraft] = useState<string | null>(null)
  const commit = (): void => {
    const read = draft === null ? null : readStrength(draft)
    setDraft(null)
    if (read !== null && read !== value) onChange(read)
  }
  return (
    <input
      className={styles.number}
      type="number"
      inputMode="decimal"
      min={least}
      max={most}
      step={step}
      aria-label={label}
      data-testid={testId}
      value={draft ?? String(value)}
      onChange={(event) => {
        // a press on its arrows is a change at once; letters wait for Enter or the way out
        const read = readStrength(event.target.value)
        const typed = (event.nativeEvent as InputEvent).inputType
        if (typed === undefined || typed === '') {
          setDraft(null)
          if (read !== null) onChange(read)
        } else setDraft(event.target.value)
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
      }}
    />
  )
}
