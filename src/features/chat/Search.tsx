// The search over all chats: what says it, with the words around, and the way there.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { searchWords } from '../../i18n/panels/search.ts'
import { useBranches } from '../../store/branches.ts'
import { toData } from '../../store/client.ts'
import { useChat, useHistory } from '../../store/index.ts'
import { finder, searchChats, type Found } from '../../store/search.ts'
import { Name } from '../../ui/Name.tsx'
import styles from './Search.module.css'
import { seek } from './sought.ts'

/** Milliseconds without a key before it looks. */
const PAUSE = 200

interface Results {
  found: readonly Found[]
  read: number
  of: number
  failed: string | null
}

/** @param asked counts how often the search was asked for by key: each time it has the focus @param onSearch is there something to look for? */
export function Search({
  asked,
  onOpen,
  onSearch,
}: {
  asked: number
  onOpen: () => void
  onSearch: (on: boolean) => void
}) {
  const words = usePanelText(searchWords)
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (asked > 0) field.current?.focus()
  }, [asked])
  const typed = (next: string): void => {
    setText(next)
    onSearch(finder(next) !== null)
  }
  return (
    <search className={styles.search}>
      <input
        ref={field}
        type="search"
        value={text}
        maxLength={200}
        placeholder={words.label}
        aria-label={words.label}
        data-testid="search-chats"
        onChange={(event) => typed(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '' || event.nativeEvent.isComposing) return
          event.preventDefault()
          event.stopPropagation()
          typed('')
        }}
      />
      {finder(text) && <Finds key={text} text={text} onOpen={onOpen} />}
    </search>
  )
}

function Finds({ text, onOpen }: { text: string; onOpen: () => void }) {
  const words = usePanelText(searchWords)
  const explain = useExplain()
  const { number } = useFormats()
  const busy = useChat((s) => s.status !== 'idle')
  const current = useChat((s) => s.id)
  const open = useHistory((s) => s.open)
  const [results, setResults] = useState<Results | null>(null)
  const told = useRef(explain)
  useEffect(() => {
    told.current = explain
  })
  useEffect(() => {
    const stop = new AbortController()
    const look = async (): Promise<void> => {
      const all: Found[] = []
      try {
        for await (const { read, of, found } of searchChats(finder(text)!, stop.signal)) {
          if (found) all.push(found)
          if (found || read === of || read % 20 === 0) setResults({ found: [...all], read, of, failed: null })
        }
      } catch (error) {
        if (!stop.signal.aborted) setResults({ found: all, read: 0, of: 0, failed: told.current(toData(error)).text })
      }
    }
    const timer = setTimeout(() => void look(), PAUSE)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text])
  const go = async ({ id, turn }: Found): Promise<void> => {
    onOpen()
    if (id !== current) await open(id)
    if (turn === null || useChat.getState().id !== id) return
    void useBranches.getState().show(turn)
    seek(turn)
  }
  if (!results) return null
  const { found, read, of, failed } = results
  return (
    <>
      <p role="status" data-testid="search-status">
        {failed ?? (read < of ? words.reading(read, of) : words.found(found.length))}
      </p>
      <ul>
        {found.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              disabled={busy && one.id !== current}
              data-testid="search-result"
              onClick={() => void go(one)}
            >
              <strong>
                <Name>{one.title || words.untitled}</Name>
              </strong>
              <span dir="auto">
                {one.piece.before}
                <mark>{one.piece.said}</mark>
                {one.piece.after}
              </span>
              {one.count > 1 && <small>{words.more(number(one.count))}</small>}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
