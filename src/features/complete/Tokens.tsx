// The tokens of the text: those that were read, special ones marked, and those that the model wrote, each with its chance.
// One of these can be chosen: what else it could have been, another one put there, or a look at it in the other panels.

import { useEffect, useMemo, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { completeWords } from '../../i18n/panels/complete.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tailOf, useComplete, type Piece } from '../../store/complete.ts'
import { getClient, useModels, type VocabPage } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { tokenLabel, viewTokens } from '../../ui/tokens.ts'
import styles from './Panel.module.css'

/** Characters whose tokens are listed, and milliseconds without a change before they are. */
const longest = 8000,
  PAUSE = 200

const none: readonly Piece[] = []

export function Tokens() {
  const t = usePanelText(completeWords)
  const { text, base, pieces, state } = useComplete()
  const model = useModels((s) => s.active?.id)
  const known = base?.model === model ? base : null
  const read = useTokens(known?.text ?? text, model, state === 'idle' || known !== null)
  const written = known ? pieces : none
  const [chosen, setChosen] = useState<number | null>(null)
  const at = chosen !== null && chosen < written.length ? chosen : null
  const views = useMemo(
    () =>
      viewTokens([
        ...(read ?? []).map((token, i) => ({ ...token, bytes: [...token.bytes], position: i, generated: false })),
        ...written.map(({ text: shown, event }) => ({
          ...{ id: event.id, text: shown, bytes: [...event.bytes], position: 0, generated: true },
          special: event.text === '' && shown !== '',
        })),
      ]),
    [read, written],
  )
  if (text === '') return null
  const from = read?.length ?? 0
  return (
    <section className={styles.tokens} aria-label={t.tokens} data-testid="complete-tokens">
      <h2>{t.tokens}</h2>
      <p>{read ? t.count(from, written.length) : text.length > longest ? t.long : ''}</p>
      {written.length > 0 && <p>{t.hint}</p>}
      <div className={styles.strip} dir="auto">
        {read?.map((token, i) => (
          <TokenChip key={i} view={views[i]!} special={token.special} title={String(token.id)} />
        ))}
        {written.map(({ event }, i) => (
          <button
            key={`w${i}`}
            type="button"
            className={styles.written}
            data-i={i}
            data-special={event.text === '' && written[i]!.text !== ''}
            aria-pressed={at === i}
            style={
              { '--surprise': `${Math.min(100, Math.round((-event.logprob / Math.LN2) * 12))}%` } as React.CSSProperties
            }
            onClick={() => setChosen(at === i ? null : i)}
          >
            {views[from + i]!.label}
          </button>
        ))}
        {known && <span title={t.unread}>{tailOf({ text, base, pieces })}</span>}
      </div>
      {at !== null && <Chosen index={at} onDone={() => setChosen(null)} />}
    </section>
  )
}

/** null while they are not known. */
function useTokens(text: string, model: string | undefined, wanted: boolean): VocabPage['rows'] | null {
  const [found, setFound] = useState<{ text: string; model: string | undefined; tokens: VocabPage['rows'] } | null>(
    null,
  )
  useEffect(() => {
    if (!wanted || text === '' || text.length > longest) return
    let here = true
    const timer = setTimeout(() => {
      getClient()
        .tokenizer.explain('loaded', text)
        .then(
          ({ full }) => here && setFound({ text, model, tokens: full }),
          // the model is gone
          () => undefined,
        )
    }, PAUSE)
    return () => {
      here = false
      clearTimeout(timer)
    }
  }, [text, model, wanted])
  return found?.text === text && found.model === model ? found.tokens : null
}

function Chosen({ index, onDone }: { index: number; onDone: () => void }) {
  const t = usePanelText(completeWords)
  const format = useFormats()
  const { pieces, state, instead } = useComplete()
  const { event } = pieces[index]!
  const idle = state === 'idle'
  const percent = (logprob: number): string => `${format.number(100 * Math.exp(logprob), 3)} %`
  const name = tokenLabel(event.top.find(({ id }) => id === event.id)?.text ?? pieces[index]!.text)
  const write = (token?: number): void => {
    onDone()
    void instead(index, token)
  }
  return (
    <div className={styles.chosen} data-testid="complete-chosen">
      <h3>
        <code>{name}</code> {t.chance(percent(event.logprob), event.rank + 1)}
      </h3>
      <ul>
        {event.top
          .filter(({ id }) => id !== event.id)
          .slice(0, 8)
          .map(({ id, text, logprob }) => (
            <li key={id}>
              <Button
                variant="quiet"
                title={t.put(tokenLabel(text))}
                disabled={!idle}
                data-testid="complete-put"
                onClick={() => write(id)}
              >
                <code>{tokenLabel(text)}</code> <small>{percent(logprob)}</small>
              </Button>
            </li>
          ))}
      </ul>
      <div className={styles.bar}>
        <Button disabled={!idle} data-testid="complete-again" onClick={() => write()}>
          {t.again}
        </Button>
        <span>{t.seeLabel}</span>
        <a href={`#/probabilities?p=${event.position}`}>{t.see.probabilities}</a>
        <a href={`#/lens?p=${event.position - 1}`}>{t.see.lens}</a>
        <a href={`#/attention?p=${event.position - 1}&why=${event.position}`}>{t.see.attention}</a>
      </div>
    </div>
  )
}
