// From text to ids: normalized text, words, bytes, pieces. Every word is a column; press one to see how it was cut.

import { useMemo } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import type { ExplainedText, TokenizerFacts } from '../../store/index.ts'
import { Figure } from '../../ui/Figure.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { Pager, usePage } from './Window.tsx'
import { hex, shown, viewWords, type WordView } from './pieces.ts'
import { useView } from './view.ts'
import styles from './Way.module.css'

/** Words drawn at once. */
const max = 120
/** Bytes written out of one word. */
const maxBytes = 24
/** Pieces of one word; all of them are steps of the picture below. */
const maxPieces = 24
/** Characters of a word's own name. */
const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
const utf8 = new TextEncoder()

/** @param text the text that was explained; `stale`: another one is on its way */
export function Way({
  explained,
  facts,
  text,
  word,
  stale,
}: {
  explained: ExplainedText
  facts: TokenizerFacts
  text: string
  word: number
  stale: boolean
}) {
  const t = usePanelText(words),
    c = usePanelText(common)
  const format = useFormats()
  const set = useView((s) => s.set)
  const views = useMemo(() => viewWords(explained), [explained])
  const characters = [...text].length
  const page = usePage(explained.words.length, max, word)
  const changed = explained.normalized !== text
  return (
    <Figure
      title={t.way.title}
      words={c.figure}
      source="live"
      caption={t.way.caption}
      testId="tokenizer-way"
      files={{
        name: 'tokens',
        numbers: () => ({
          text,
          model: facts.model,
          normalized: explained.normalized,
          preTokens: explained.preTokens,
          ids: explained.ids,
          tokens: explained.tokens,
        }),
        array: () => ({ shape: [explained.ids.length], data: Float32Array.from(explained.ids) }),
      }}
    >
      <p
        className={styles.counts}
        data-testid="tokenizer-counts"
        data-ids={explained.ids.join(' ')}
        data-full={explained.full.map((x) => x.id).join(' ')}
        data-agrees={explained.agrees}
        data-stale={stale}
        aria-busy={stale}
      >
        <strong>
          {t.way.counts(
            format.number(explained.ids.length),
            format.number(characters),
            format.number(utf8.encode(text).length),
          )}
        </strong>
        {explained.ids.length > 0 && <span>{t.way.ratio((characters / explained.ids.length).toFixed(2))}</span>}
        {stale ? (
          <span role="status">{t.stale}</span>
        ) : (
          <span data-good={explained.agrees}>{explained.agrees ? `✓ ${t.way.agrees}` : `≠ ${t.way.differs}`}</span>
        )}
      </p>
      <p className={styles.stage}>
        <span>
          {t.way.normalized}{' '}
          <small>{facts.normalizer.length ? t.way.normalizerSteps(facts.normalizer.join(' → ')) : t.way.none}</small>
        </span>
        {changed ? (
          <code data-testid="tokenizer-normalized">{shown(explained.normalized)}</code>
        ) : (
          <em>{t.way.same}</em>
        )}
      </p>
      <p className={styles.legend} aria-hidden="true">
        <span>
          {t.way.words} <small>{facts.preTokenizer.join(' → ')}</small>
        </span>
        <span>{t.way.bytes}</span>
        <span>{t.way.pieces}</span>
      </p>
      <Pager page={page} label={t.page.words} testId="words-pages" />
      <ul className={styles.words} data-testid="tokenizer-words" data-stale={stale}>
        {explained.words
          .slice(page.from, page.to)
          .map((w, n) => [w, page.from + n] as const)
          .map(([w, i]) => (
            <li key={i} className={styles.word} data-selected={i === word}>
              <button
                type="button"
                className={styles.head}
                aria-pressed={i === word}
                title={t.way.select(clip(shown(w.text)))}
                data-word={i}
                onClick={() => set({ word: i, step: Number.MAX_SAFE_INTEGER })}
              >
                {clip(shown(w.text))}
              </button>
              <code className={styles.bytes}>
                {hex(w.bytes.slice(0, maxBytes))}
                {w.bytes.length > maxBytes && ' …'}
              </code>
              <Pieces view={views[i]!} onToken={(token) => set({ token, query: '' })} one={t.way.one} rest={t.pieces} />
            </li>
          ))}
      </ul>
      <p className={styles.around}>
        {explained.full.length > explained.ids.length ? (
          <>
            {t.way.around}{' '}
            {facts.around.map((a) => (
              <TokenChip
                key={a.id}
                view={{
                  parts: [{ text: a.text, space: false }],
                  label: a.text,
                  partial: false,
                  joinStart: false,
                  joinEnd: false,
                }}
                special
                title={`#${a.id}`}
              />
            ))}
          </>
        ) : (
          t.way.alone
        )}
      </p>
    </Figure>
  )
}

/** The pieces of a word with their ids; those that share a character stand in one bracket with it. */
function Pieces({
  view,
  onToken,
  one,
  rest,
}: {
  view: WordView
  onToken: (id: number) => void
  one: string
  rest: (n: number) => string
}) {
  return (
    <span className={styles.pieces}>
      {view.groups.slice(0, maxPieces).map(({ from, to, character }) => (
        <span
          key={from}
          className={styles.group}
          data-joined={to - from > 1}
          title={character && `${character} ${one}`}
        >
          <span className={styles.members}>
            {view.tokens.slice(from, to).map((token, n) => (
              <button
                key={n}
                type="button"
                className={styles.piece}
                data-id={token.id}
                title={`#${token.id} · ${hex(token.bytes)} · ${token.written}`}
                onClick={() => onToken(token.id)}
              >
                <TokenChip view={view.views[from + n]!} special={token.special} />
                <small>{token.id}</small>
              </button>
            ))}
          </span>
          {character && <b className={styles.character}>{character}</b>}
        </span>
      ))}
      {view.groups.length > maxPieces && <small className={styles.rest}>{rest(view.groups.length - maxPieces)}</small>}
    </span>
  )
}
