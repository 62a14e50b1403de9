// What the model would learn of the pairs: how many tokens, how many of them it is to say, and one row with those coloured, its end
// sign included. What cannot be learnt is named here, before anything begins; and what usually goes wrong.

import { useEffect, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useModels } from '../../store/index.ts'
import { countRows, isWhole, likeRehearsal, useTeach, type CountedRows } from '../../store/teach/index.ts'
import styles from './Row.module.css'

/** Milliseconds without a key. */
const pause = 400

export function Row() {
  const t = usePanelText(teachWords).row
  const format = useFormats()
  const explain = useExplain()
  const { rows, shown, steps, lr, keeps, speed, set } = useTeach()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active : null))
  const [counted, setCounted] = useState<CountedRows | null>(null)
  const [perRow, setPerRow] = useState(0)
  const whole = rows.filter(isWhole)
  const at = Math.min(shown, whole.length - 1)
  useEffect(() => {
    let isOld = false
    const timer = setTimeout(() => {
      const own = rows.filter(isWhole)
      const more = keeps ? likeRehearsal(own.length) : []
      void Promise.all([countRows(own, at), countRows(more, -1)]).then(([found, others]) => {
        if (isOld) return
        setCounted(found)
        const learnt = own.length - (found?.wrong.length ?? 0) + more.length
        setPerRow(((found?.tokens ?? 0) + (others?.tokens ?? 0)) / Math.max(1, learnt))
      })
    }, pause)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [rows, at, keeps, model?.info])
  if (!counted || whole.length === 0) return null
  const { tokens, targets, wrong } = counted
  const inAll = Math.round(4 * steps * perRow)
  const parameters = model?.info?.parameters ?? 0
  const usual = parameters < 1e8 ? 3e-3 : 2e-4
  const warnings = [
    wrong.length > 0 && t.wrong(wrong[0]!.row + 1, wrong.length, explain(wrong[0]!.error).text),
    counted.cut > 0 && t.cut(counted.cut),
    whole.length < 8 && t.tiny(whole.length),
    !keeps && t.forgets,
    lr > 2.5 * usual && t.fast(format.number(usual, 4)),
    (4 * steps) / whole.length > 60 && t.often(Math.round((4 * steps) / whole.length)),
  ].filter((one) => one !== false)
  return (
    <section className={styles.row} aria-label={t.title} data-testid="teach-row">
      <p className={styles.soft}>
        {t.counted(format.number(whole.length - wrong.length), format.number(tokens), format.number(targets))}{' '}
        {t.price(format.number(steps), format.number(inAll))}{' '}
        {speed !== null && speed.model === model?.id && t.time(format.duration(inAll / speed.tokens))}
      </p>
      {counted.shown && (
        <>
          <label className={styles.soft}>
            {t.which}{' '}
            <input
              type="number"
              min={1}
              max={whole.length}
              value={at + 1}
              onChange={({ target }) => {
                if (target.valueAsNumber >= 1) set({ shown: Math.round(target.valueAsNumber) - 1 })
              }}
            />{' '}
            {t.coloured}
          </label>
          <p className={styles.tokens} data-testid="teach-targets">
            {counted.shown.texts.map((text, i) => (
              <span key={i} className={counted.shown!.isTarget[i] ? styles.target : styles.given}>
                {text.replaceAll('\n', '⏎')}
              </span>
            ))}
          </p>
        </>
      )}
      {warnings.length > 0 && (
        <ul className={styles.warnings} data-testid="teach-warnings">
          {warnings.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </section>
  )
}
