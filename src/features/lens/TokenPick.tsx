// A token of the loaded vocabulary, found by its letters.

import { useEffect, useId, useState } from 'react'
import { getClient, type VocabPage } from '../../store/index.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { candidateView } from './run.ts'
import styles from './TokenPick.module.css'

type Row = VocabPage['rows'][number]
/** Rows looked at and shown. */
const looked = 200,
  shown = 6

/** The word itself first, then short ones that hold it. */
const order =
  (query: string) =>
  (a: Row, b: Row): number =>
    Number(b.text.trim() === query.trim()) - Number(a.text.trim() === query.trim()) ||
    a.text.length - b.text.length ||
    a.id - b.id

interface Props {
  label: string
  placeholder: string
  none: string
  onPick: (token: { id: number; text: string }) => void
  testId: string
}

export function TokenPick({ label, placeholder, none, onPick, testId }: Props) {
  const id = useId()
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<{ query: string; rows: Row[] } | null>(null)
  useEffect(() => {
    if (query.trim() === '') return
    let here = true
    const timer = setTimeout(() => {
      getClient()
        .tokenizer.vocabulary('loaded', query.trim(), 0, looked)
        .then(
          (page) => {
            if (here) setFound({ query, rows: page.rows.toSorted(order(query)).slice(0, shown) })
          },
          () => undefined,
        )
    }, 120)
    return () => {
      here = false
      clearTimeout(timer)
    }
  }, [query])
  const rows = query.trim() === '' ? [] : (found?.rows ?? [])
  const take = (row: Row): void => {
    onPick({ id: row.id, text: row.text })
    setQuery('')
  }
  return (
    <span className={styles.pick} data-testid={testId} data-live>
      <input
        id={id}
        type="search"
        value={query}
        placeholder={placeholder}
        aria-label={label}
        title={label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && query !== '') {
            event.stopPropagation()
            setQuery('')
          }
          if (event.key === 'Enter' && found?.query === query && rows[0]) {
            event.preventDefault()
            take(rows[0])
          }
        }}
      />
      {query.trim() !== '' && found !== null && (
        <span className={styles.list} role="group" aria-label={label}>
          {rows.map((row) => (
            <button key={row.id} type="button" data-id={row.id} title={`id ${row.id}`} onClick={() => take(row)}>
              <TokenChip view={candidateView(row.id, row.text)} special={row.special} />
            </button>
          ))}
          {rows.length === 0 && found.query === query && <small>{none}</small>}
        </span>
      )}
    </span>
  )
}
