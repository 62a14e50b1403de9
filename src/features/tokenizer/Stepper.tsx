// Rewind, back, play, on, end, and a slider: a place in a list of steps. Playing stops at the end.

import { useEffect, useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import styles from './Steps.module.css'

const pace = 900
const Sign = ({ d }: { d: string }) => (
  <svg
    width={14}
    height={14}
    viewBox="0 0 20 20"
    fill="currentColor"
    stroke="currentColor"
    strokeWidth={1.8}
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={d} />
  </svg>
)

export function Stepper({ step, steps, onStep }: { step: number; steps: number; onStep: (step: number) => void }) {
  const t = usePanelText(words).steps
  const [playing, setPlaying] = useState(false)
  const on = playing && step < steps
  useEffect(() => {
    if (!on) return
    const timer = setTimeout(() => onStep(step + 1), pace)
    return () => clearTimeout(timer)
  }, [on, step, onStep])
  const go = (to: number) => {
    setPlaying(false)
    onStep(Math.max(0, Math.min(steps, to)))
  }
  const play = () => {
    if (on) {
      setPlaying(false)
      return
    }
    if (step >= steps) onStep(0)
    setPlaying(true)
  }
  return (
    <div className={styles.stepper} data-testid="stepper" data-step={step} data-steps={steps}>
      <button type="button" aria-label={t.rewind} title={t.rewind} disabled={step === 0} onClick={() => go(0)}>
        <Sign d="M4 4v12M16 4.5 8 10l8 5.5Z" />
      </button>
      <button type="button" aria-label={t.back} title={t.back} disabled={step === 0} onClick={() => go(step - 1)}>
        <Sign d="M14 4.5 6 10l8 5.5Z" />
      </button>
      <button
        type="button"
        className={styles.play}
        aria-label={on ? t.pause : t.play}
        title={on ? t.pause : t.play}
        disabled={steps === 0}
        onClick={play}
      >
        <Sign d={on ? 'M6.5 4v12M13.5 4v12' : 'M6 4l10 6-10 6Z'} />
      </button>
      <button
        type="button"
        aria-label={t.forward}
        title={t.forward}
        disabled={step >= steps}
        onClick={() => go(step + 1)}
      >
        <Sign d="M6 4.5 14 10l-8 5.5Z" />
      </button>
      <button type="button" aria-label={t.end} title={t.end} disabled={step >= steps} onClick={() => go(steps)}>
        <Sign d="M16 4v12M4 4.5 12 10l-8 5.5Z" />
      </button>
      <input
        type="range"
        aria-label={t.slider}
        min={0}
        max={steps}
        step={1}
        value={step}
        disabled={steps === 0}
        onChange={(event) => go(event.target.valueAsNumber)}
      />
      <span className={styles.count}>{t.at(step, steps)}</span>
    </div>
  )
}
