// Where the questions come from: a file, pasted rows, or a small set in the reader's language.

import { useId, useRef, useState } from 'react'
import { limits } from '../../evaluation/set.ts'
import { decodeText } from '../../evaluation/text-file.ts'
import { useFormats, useLang } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { example, useEvaluate } from '../../store/evaluate/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Name } from '../../ui/Name.tsx'
import styles from './Panel.module.css'

/** A character takes at most four bytes: a file that is larger is too long, and is not even opened. */
const mostBytes = 4 * limits.characters

export function SetChoice() {
  const t = usePanelText(words)
  const lang = useLang()
  const format = useFormats()
  const id = useId()
  const file = useRef<HTMLInputElement>(null)
  const [pasted, setPasted] = useState('')
  const { set, running, take } = useEvaluate()
  const open = async (picked: File | undefined): Promise<void> => {
    if (!picked) return
    const isLong = picked.size > mostBytes // said by whoever reads it
    take(
      picked.name,
      isLong ? await picked.slice(0, mostBytes + 1).text() : decodeText(new Uint8Array(await picked.arrayBuffer())),
    )
  }
  const count = (kind: string): number => (set?.rows ?? []).filter((row) => row.kind === kind).length
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{t.set}</h2>
      <p className={styles.note}>{t.setHint}</p>
      <textarea
        className={styles.paste}
        aria-label={t.paste}
        rows={4}
        value={pasted}
        spellCheck={false}
        disabled={running !== null}
        placeholder={'{"prompt": "…", "answer": "…"}'}
        onChange={({ target }) => setPasted(target.value)}
        data-testid="evaluate-paste"
      />
      <div className={styles.actions}>
        <Button
          disabled={running !== null || pasted.trim() === ''}
          onClick={() => take(t.own, pasted)}
          data-testid="evaluate-use"
        >
          {t.use}
        </Button>
        <Button icon="file" disabled={running !== null} onClick={() => file.current?.click()}>
          {t.openFile}
        </Button>
        <Button
          disabled={running !== null}
          onClick={() => take(t.example, example(lang))}
          data-testid="evaluate-example"
        >
          {t.example}
        </Button>
        <input
          ref={file}
          type="file"
          accept=".jsonl,.json,.csv,.tsv,.txt"
          hidden
          data-testid="evaluate-file"
          onChange={(event) => {
            void open(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      <div role="status" aria-live="polite" data-testid="evaluate-set" data-rows={set?.rows.length ?? 0}>
        {set &&
          (set.wrong ? (
            <p className={styles.wrong}>
              <b>
                <Name>{set.name}</Name>
              </b>
              {t.colon}
              {t.wrong(set.wrong.line, t.problems[set.wrong.problem](set.wrong.field ?? ''))}
            </p>
          ) : (
            <p>
              <b>
                <Name>{set.name}</Name>
              </b>
              {` · ${t.rows(set.rows.length)} (${t.kinds(count('question'), count('choice'), count('text'))})`}
              {set.ignored.length > 0 && <span> {t.ignored(format.list(set.ignored))}</span>}
            </p>
          ))}
      </div>
    </section>
  )
}
