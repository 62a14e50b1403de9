// The pairs that are to be learnt, as a table to be written in.

import { useRef, useState } from 'react'
import { decodeText } from '../../evaluation/text-file.ts'
import { useLang } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { homes, recipe, type Pair } from '../../store/teach/homes.ts'
import { useTeach } from '../../store/teach/index.ts'
import { manner, mannerRecipe } from '../../store/teach/manner.ts'
import { readRows } from '../../store/teach/rows-file.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Panel.module.css'

export function Pairs({ locked }: { locked: boolean }) {
  const t = usePanelText(teachWords)
  const lang = useLang()
  const { rows, removed, set, setRow, addRow, removeRow, setRows, undo } = useTeach()
  /** pairs with the settings that they are taught with */
  const use = (pairs: readonly Pair[], settings: Parameters<typeof set>[0]): void => {
    setRows(pairs)
    set({ ...settings, shown: 0 })
  }
  const [trouble, setTrouble] = useState<string | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const open = async (picked: File | undefined): Promise<void> => {
    if (!picked) return
    const text = decodeText(new Uint8Array(await picked.arrayBuffer()))
    if (text === null) return setTrouble(t.wrongEncoding)
    const read = readRows(text)
    const said = [
      ...(read.long ? [t.longFile] : []),
      ...(read.wrong === null ? [] : [t.wrongLine(read.wrong, read.rows.length)]),
      ...(read.twice === undefined ? [] : [t.wrongTwice(read.twice)]),
      ...(read.ignored.length === 0 ? [] : [t.ignored(read.ignored)]),
    ]
    setTrouble(said.length === 0 ? null : said.join(' '))
    if (read.rows.length > 0) setRows(read.rows)
  }
  return (
    <section className={styles.pairs} aria-labelledby="teach-rows">
      <h2 id="teach-rows">{t.rows(rows.length)}</h2>
      <fieldset disabled={locked} className={styles.list}>
        <div className={styles.heads} aria-hidden="true">
          <span>{t.prompt}</span>
          <span>{t.completion}</span>
        </div>
        <ol>
          {rows.map(({ prompt, completion }, i) => (
            <li key={i}>
              <input
                aria-label={t.promptOf(i + 1)}
                value={prompt}
                onChange={(event) => setRow(i, { prompt: event.target.value })}
              />
              <input
                aria-label={t.completionOf(i + 1)}
                className={styles.target}
                value={completion}
                onChange={(event) => setRow(i, { completion: event.target.value })}
              />
              <Button variant="quiet" icon="close" label={t.remove(i + 1)} onClick={() => removeRow(i)} />
            </li>
          ))}
        </ol>
        <div className={styles.actions}>
          <Button icon="plus" onClick={addRow}>
            {t.more}
          </Button>
          <Button variant="quiet" icon="file" onClick={() => file.current?.click()}>
            {t.open}
          </Button>
          <Button variant="quiet" onClick={() => use(homes(lang), { ...recipe, name: '' })} data-testid="teach-homes">
            {t.reset}
          </Button>
          <Button
            variant="quiet"
            onClick={() => use(manner(), { ...mannerRecipe, name: t.mannerName })}
            data-testid="teach-manner"
          >
            {t.manner}
          </Button>
          <Button variant="quiet" onClick={() => setRows([{ prompt: '', completion: '' }])}>
            {t.clear}
          </Button>
          {removed.length > 0 && (
            <Button variant="quiet" icon="retry" onClick={undo} data-testid="teach-undo">
              {t.undo}
            </Button>
          )}
          <input
            ref={file}
            type="file"
            accept=".jsonl,.json,.csv,.tsv,.txt"
            hidden
            data-testid="teach-file"
            onChange={(event) => {
              void open(event.target.files?.[0])
              event.target.value = ''
            }}
          />
        </div>
        <p className={styles.note}>{t.openHint}</p>
      </fieldset>
      {trouble && (
        <p role="alert" className={styles.note}>
          {trouble}
        </p>
      )}
    </section>
  )
}
