// The whole vocabulary: only the rows on screen are asked for and drawn. Search by text, id or bytes; press a row to
// see it close up and find its neighbours in the embedding.

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { getClient, type TokenizerFacts, type VocabPage, type WhichTokenizer } from '../../store/index.ts'
import { Figure } from '../../ui/Figure.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { Glitch } from './Glitch.tsx'
import { Near } from './Near.tsx'
import { hex, viewVocab } from './pieces.ts'
import { useLab } from './useLab.ts'
import { useView } from './view.ts'
import styles from './Vocabulary.module.css'

/** px; the list's height is 22rem in the style sheet */
const rowHigh = 32,
  listHigh = 352
const page = 100
type Row = VocabPage['rows'][number]

export function Vocabulary({ facts, which, whose }: { facts: TokenizerFacts; which: WhichTokenizer; whose: string }) {
  const { model } = facts
  const t = usePanelText(words),
    c = usePanelText(common)
  const format = useFormats()
  const id = useId()
  const { query, token, set } = useView()
  const selected = useLab(token === null ? null : `token ${whose} ${token}`, (lab) =>
    lab.vocabulary(which, `#${token}`, 0, 1),
  )
  const row = selected.data?.rows[0] ?? null
  const [total, setTotal] = useState<number | null>(null)
  return (
    <Figure
      title={t.vocab.title}
      words={c.figure}
      source="live"
      caption={t.vocab.caption}
      testId="tokenizer-vocabulary"
    >
      <div className={styles.columns}>
        <div>
          <div className={styles.search}>
            <label htmlFor={id}>{t.vocab.search}</label>
            <input
              id={id}
              type="text"
              value={query}
              placeholder={t.vocab.hint}
              spellCheck={false}
              autoComplete="off"
              data-testid="vocab-search"
              onChange={(event) => set({ query: event.target.value })}
            />
            <span data-testid="vocab-total" data-total={total ?? undefined}>
              {total === null ? '' : t.vocab.found(format.number(total))}
            </span>
          </div>
          <List
            key={`${whose} ${query}`}
            model={model}
            which={which}
            query={query}
            token={token}
            onTotal={setTotal}
            onToken={(next) => set({ token: next })}
          />
        </div>
        <div className={styles.close} data-testid="vocab-token" data-token={row?.id}>
          {row ? (
            <>
              <p className={styles.big}>
                <TokenChip view={viewVocab(row, model)} special={row.special} />
              </p>
              <dl className={styles.facts}>
                <div>
                  <dt>{t.vocab.id}</dt>
                  <dd>{row.id}</dd>
                </div>
                <div>
                  <dt>{t.vocab.bytes}</dt>
                  <dd>
                    <code>{hex(row.bytes)}</code>
                  </dd>
                </div>
                <div>
                  <dt>{t.vocab.written}</dt>
                  <dd>
                    <code>{row.written}</code>
                    {row.special && ` · ${t.vocab.special}`}
                  </dd>
                </div>
              </dl>
              <Near
                key={`${whose} ${row.id}`}
                row={row}
                model={model}
                which={which}
                onToken={(next) => set({ token: next })}
              />
            </>
          ) : (
            <p className={styles.note}>{t.vocab.choose}</p>
          )}
        </div>
      </div>
      <Glitch key={whose} facts={facts} which={which} onToken={(next) => set({ token: next })} />
    </Figure>
  )
}

interface ListProps {
  model: TokenizerFacts['model']
  which: WhichTokenizer
  query: string
  token: number | null
  onTotal: (total: number) => void
  onToken: (id: number) => void
}

function List({ model, which, query, token, onTotal, onToken }: ListProps) {
  const t = usePanelText(words)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [total, setTotal] = useState(0)
  const [pages, setPages] = useState<ReadonlyMap<number, readonly Row[]>>(new Map())
  const [cursor, setCursor] = useState(0)
  const asked = useRef(new Set<number>())
  const from = Math.max(0, Math.floor(top / rowHigh) - 4),
    to = Math.min(Math.max(total, 1), Math.ceil((top + listHigh) / rowHigh) + 4)

  const first = Math.floor(from / page),
    last = Math.floor(Math.max(from, to - 1) / page)
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  useEffect(() => {
    for (let n = first; n <= last; n++) {
      if (asked.current.has(n)) continue
      asked.current.add(n)
      getClient()
        .tokenizer.vocabulary(which, query, n * page, page)
        .then(
          (got) => {
            if (!here.current) return
            setTotal(got.total)
            onTotal(got.total)
            setPages((old) => new Map(old).set(n, got.rows))
          },
          () => {
            asked.current.delete(n)
          },
        )
    }
  }, [first, last, which, query, onTotal])

  const rowAt = (i: number): Row | undefined => pages.get(Math.floor(i / page))?.[i % page]
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -total, End: total }[event.key]
    if (step === undefined) {
      if ((event.key === 'Enter' || event.key === ' ') && rowAt(cursor)) {
        event.preventDefault()
        onToken(rowAt(cursor)!.id)
      }
      return
    }
    event.preventDefault()
    const next = Math.max(0, Math.min(total - 1, cursor + step))
    setCursor(next)
    const element = box.current!
    if (next * rowHigh < element.scrollTop) element.scrollTop = next * rowHigh
    else if ((next + 1) * rowHigh > element.scrollTop + element.clientHeight) {
      element.scrollTop = (next + 1) * rowHigh - element.clientHeight
    }
  }
  return (
    <div
      ref={box}
      className={styles.list}
      role="listbox"
      tabIndex={0}
      aria-label={t.vocab.list}
      aria-activedescendant={rowAt(cursor) && cursor >= from && cursor < to ? `${id}${cursor}` : undefined}
      data-testid="vocab-list"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={move}
    >
      <div role="presentation" style={{ height: total * rowHigh, position: 'relative' }}>
        {Array.from({ length: Math.max(0, Math.min(total, to) - from) }, (_, n) => {
          const i = from + n,
            row = rowAt(i)
          return (
            <div
              key={i}
              id={`${id}${i}`}
              role="option"
              aria-selected={row !== undefined && row.id === token}
              aria-setsize={total}
              aria-posinset={i + 1}
              className={styles.row}
              data-cursor={i === cursor}
              data-token={row?.id}
              style={{ top: i * rowHigh }}
              onPointerDown={() => {
                if (row) {
                  setCursor(i)
                  onToken(row.id)
                }
              }}
            >
              {row && (
                <>
                  <span className={styles.id}>{row.id}</span>
                  <TokenChip view={viewVocab(row, model)} special={row.special} />
                  <code>
                    {hex(row.bytes.slice(0, 12))}
                    {row.bytes.length > 12 && ' …'}
                  </code>
                </>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
