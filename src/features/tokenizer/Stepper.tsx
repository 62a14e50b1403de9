// Rewind, back, play, on, end, and a slider: a place in a list of steps. Playing stops at the end.

import { useEffect, useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import styles from './Steps.module.css'

const pace = 900

export function Stepper({ step, steps, onStep }: { step: number; steps: number; onStep: (step: number) => void }) {
  const t = usePanelText(words).steps
  const [playing, setPlaying] = useState(false)
  const on = playing && step < steps
  useEffect(() => {
    if (!on) return
    const timer = setTimeout(() => onStep(step + 1), pace)
    return () => clearTimeout(timer)
  }, [on, step, onStep])
  const go = (to: number) => { setPlaying(false); onStep(Math.max(0, Math.min(steps, to))) }
  const play = () => {
    if (on) { setPlaying(false); return }
    if (step >= steps) onStep(0)
    setPlaying(true)
  }
  return (
    <div className={styles.stepper} data-testid="stepper" data-step={step} data-steps={steps}>
      <button type="button" aria-label={t.rewind} title={t.rewind} disabled={step === 0} onClick={() => go(0)}>⏮</button>
      <button type="button" aria-label={t.back} title={t.back} disabled={step === 0} onClick={() => go(step - 1)}>◀</button>
      <button type="button" className={styles.play} aria-label={on ? t.pause : t.play} title={on ? t.pause : t.play} disabled={steps === 0} onClick={play}>{on ? '❚❚' : '▶'}</button>
      <button type="button" aria-label={t.forward} title={t.forward} disabled={step >= steps} onClick={() => go(step + 1)}>▶︎|</button>
      <button type="button" aria-label={t.end} title={t.end} disabled={step >= steps} onClick={() => go(steps)}>⏭</button>
      <input type="range" aria-label={t.slider} min={0} max={steps} step={1} value={step} disabled={steps === 0} onChange={(event) => go(event.target.valueAsNumber)} />
      <span className={styles.count}>{t.at(step, steps)}</span>
    </div>
  )
}
