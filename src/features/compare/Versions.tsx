// Two answers of the chat, versions of one or any two, in place of new ones.

import { useId, useState } from 'react'
import { compareWords } from '../../i18n/panels/compare.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useCompare } from '../../store/compare/index.ts'
import { useChat } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Panel.module.css'

/** Characters of an answer in the list. */
const shown = 60

export function Versions() {
  const t = usePanelText(compareWords).versions
  const id = useId()
  const turns = useChat((s) => s.turns)
  const take = useCompare((s) => s.take)
  const running = useCompare((s) => s.running)
  const answers = turns.filter(
    (one) => one.role === 'assistant' && one.removed === undefined && one.state !== 'streaming',
  )
  const [chosen, setChosen] = useState<{ a?: string; b?: string }>({})
  if (answers.length < 2) return null
  const known = (picked: string | undefined, other: number): string =>
    answers.find((one) => one.id === picked)?.id ?? answers.at(other)!.id
  const picked = { a: known(chosen.a, -2), b: known(chosen.b, -1) }
  return (
    <details className={styles.versions}>
      <summary>{t.title}</summary>
      <p className={styles.soft}>{t.hint}</p>
      <div className={styles.row}>
        {(['a', 'b'] as const).map((side) => (
          <span key={side} className={styles.pick}>
            <label htmlFor={`${id}-${side}`}>{side === 'a' ? t.first : t.second}</label>
            <select
              id={`${id}-${side}`}
              value={picked[side]}
              data-testid={`compare-version-${side}`}
              onChange={(event) => setChosen({ ...chosen, [side]: event.target.value })}
            >
              {answers.map((one, i) => (
                <option key={one.id} value={one.id}>
                  {t.one(i + 1, one.content.replace(/\s+/g, ' ').slice(0, shown))}
                </option>
              ))}
            </select>
          </span>
        ))}
        <Button
          disabled={running !== null || picked.a === picked.b}
          onClick={() => void take(picked.a, picked.b)}
          data-testid="compare-take"
        >
          {t.take}
        </Button>
      </div>
    </details>
  )
}
