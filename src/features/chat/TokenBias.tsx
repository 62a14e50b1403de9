// Tokens that the reader raises, lowers or bans: picked out of the loaded model's vocabulary, each with its bias. Those that
// were banned from a token's card stand here, too.

import { useEffect, useId, useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { getClient, useChat, useModels, type VocabPage } from '../../store/index.ts'
import { largestBias, mostBiased, type BannedToken } from '../../store/sampling.ts'
import { Button } from '../../ui/Button.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import styles from './Settings.module.css'

/** Tokens of a search that are shown. */
const shown = 12
/** What a token gets when it is picked: it can be seen in what is written, and undecided. */
const first = 5
/** Milliseconds without a key before it searches. */
const PAUSE = 150

export default function TokenBias() {
  const t = usePanelText(tokenWords).bans
  const banned = useChat((s) => s.params.banned)
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active.id : undefined))
  return (
    <div className={styles.field} data-testid="bans">
      <h4>{t.title}</h4>
      {banned.length > 0 && (
        <ul className={styles.bans}>
          {banned.map((token) => (
            <One key={`${token.model} ${token.id}`} token={token} own={token.model === model} />
          ))}
        </ul>
      )}
      {model !== undefined && banned.some((token) => token.model !== model) && (
        <p role="note" data-testid="bias-foreign">
          {t.foreign}
        </p>
      )}
      {model === undefined ? (
        <p>{t.noModel}</p>
      ) : banned.length >= mostBiased ? (
        <p>{t.most(mostBiased)}</p>
      ) : (
        <Pick key={model} model={model} />
      )}
      <p>{t.hint}</p>
    </div>
  )
}

function One({ token: { id, text, model, bias }, own }: { token: BannedToken; own: boolean }) {
  const t = usePanelText(tokenWords).bans
  const setBias = useChat((s) => s.setBias)
  const unban = useChat((s) => s.unban)
  const label = tokenLabel(text)
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <li data-id={id} data-never={bias === undefined}>
      <code>{label}</code>
      {own ? (
        <>
          <input
            type="number"
            min={-largestBias}
            max={largestBias}
            step={0.5}
            value={typed ?? bias ?? ''}
            disabled={bias === undefined}
            aria-label={t.bias(label)}
            data-testid="bias-of"
            onChange={(event) => {
              const { value, valueAsNumber: number } = event.target
              const good = Number.isFinite(number) && Math.abs(number) <= largestBias
              setTyped(good ? null : value)
              if (good) setBias({ id, text }, number)
            }}
            onBlur={() => setTyped(null)}
          />
          <label>
            <input
              type="checkbox"
              checked={bias === undefined}
              aria-label={t.neverOf(label)}
              data-testid="bias-never"
              onChange={(event) => setBias({ id, text }, event.target.checked ? null : -first)}
            />{' '}
            {t.never}
          </label>
        </>
      ) : (
        <small>
          {t.other} · {bias ?? t.never}
        </small>
      )}
      <Button variant="quiet" icon="close" label={t.remove(label)} onClick={() => unban(id, model)} />
    </li>
  )
}

function Pick({ model }: { model: string }) {
  const t = usePanelText(tokenWords).bans
  const id = useId()
  const setBias = useChat((s) => s.setBias)
  const banned = useChat((s) => s.params.banned)
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<{ query: string; page: VocabPage } | null>(null)
  useEffect(() => {
    if (query === '') return
    let here = true
    const timer = setTimeout(() => {
      getClient()
        .tokenizer.vocabulary('loaded', query, 0, shown)
        .then(
          (page) => here && setFound({ query, page }),
          // gone meanwhile: the model is said to be missing elsewhere
          () => here && setFound(null),
        )
    }, PAUSE)
    return () => {
      here = false
      clearTimeout(timer)
    }
  }, [query])
  const page = found?.query === query && query !== '' ? found.page : null
  return (
    <>
      <label htmlFor={id}>{t.search}</label>
      <input
        id={id}
        type="search"
        value={query}
        placeholder={t.searchHint}
        spellCheck={false}
        autoComplete="off"
        data-testid="bias-search"
        onChange={(event) => setQuery(event.target.value)}
      />
      <p role="status">{page ? t.found(page.total) : ''}</p>
      {page && (
        <ul className={styles.found} data-testid="bias-found">
          {page.rows.map((row) => (
            <li key={row.id}>
              <Button
                variant="quiet"
                icon="plus"
                title={t.add(tokenLabel(row.text), row.id)}
                disabled={banned.some((one) => one.id === row.id && one.model === model)}
                data-id={row.id}
                onClick={() => setBias({ id: row.id, text: row.text }, first)}
              >
                <code>{tokenLabel(row.text)}</code> <small>{row.id}</small>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
