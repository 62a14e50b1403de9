// The two answers beside each other, token by token; where they part; and one token close up, on both sides.

import { useEffect, useRef } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { compareWords } from '../../i18n/panels/compare.ts'
import { glass } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { both, useCompare, type Answer, type Which } from '../../store/compare/index.ts'
import { heldAt, partingOf, type Parting } from '../../store/parting.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Name } from '../../ui/Name.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { Chances } from './Chances.tsx'
import styles from './Panel.module.css'

/** Candidates of each side. */
const best = 8
const isOver = ({ state }: Answer): boolean => state === 'done'
/** What is cut short might have gone on: its end is no parting. */
const answered = (side: Answer) => ({ events: side.events, over: isOver(side) })

interface Props {
  a: Answer
  b: Answer
  at: number | null
  onAt: (at: number) => void
}

/** Ids are of one vocabulary; of two models that is not known, and texts are compared. */
function partingHere(a: Answer, b: Answer): { parting: Parting; byText: boolean } {
  const byText = a.name !== b.name
  if (!byText) return { parting: partingOf(answered(a), answered(b)), byText }
  const named = (side: Answer) => ({
    ...answered(side),
    events: side.events.map((event, i) => ({
      ...event,
      id: event.text === (side === a ? b : a).events[i]?.text ? -1 : side === a ? -2 : -3,
    })),
  })
  return { parting: partingOf(named(a), named(b)), byText }
}

export function Answers({ a, b, at, onAt }: Props) {
  const t = usePanelText(compareWords)
  const { asked, seed, running } = useCompare()
  // they stand below the settings: whoever asked sees them begin, with what stops them still in view
  const box = useRef<HTMLElement>(null)
  const begins = running === 'answers'
  useEffect(() => {
    if (begins) box.current?.scrollIntoView({ block: 'nearest' })
  }, [begins])
  const { parting, byText } = partingHere(a, b)
  const place = parting.kind === 'parted' || parting.kind === 'ended' ? parting.at : null
  const said =
    parting.kind === 'parted'
      ? t.parting.parted(parting.at + 1)
      : parting.kind === 'ended'
        ? t.parting.ended(t.side[parting.side], parting.at + 1)
        : t.parting[parting.kind]
  return (
    <section ref={box} className={styles.answers}>
      {seed !== null && (
        <p className={styles.soft} dir="auto">
          {t.asked(asked, seed)}
        </p>
      )}
      <p role="status" className={styles.said} data-testid="compare-parting" data-kind={parting.kind} data-at={place}>
        {said} {byText && place !== null && t.parting.otherTokens}
      </p>
      <div className={styles.columns}>
        {both.map((side) => (
          <Column key={side} side={side} own={side === 'a' ? a : b} place={place} at={at} onAt={onAt} />
        ))}
      </div>
      <Token a={a} b={b} at={at} same={place === null ? Infinity : place} byText={byText} />
    </section>
  )
}

function Column({
  side,
  own,
  place,
  at,
  onAt,
}: {
  side: Which
  own: Answer
  place: number | null
  at: number | null
  onAt: (at: number) => void
}) {
  const t = usePanelText(compareWords)
  const { strip } = usePanelText(glass)
  const explain = useExplain()
  const count = own.events.length
  const state =
    own.state === 'done' && own.finish === 'length'
      ? t.state.length(count)
      : own.state === 'writing' || own.state === 'done' || own.state === 'stopped'
        ? t.state[own.state](count)
        : t.state[own.state]
  return (
    <article
      className={styles.column}
      data-side={side}
      aria-label={t.side[side]}
      aria-busy={own.state === 'loading' || own.state === 'reading' || own.state === 'writing'}
      data-testid={`compare-${side}`}
      data-state={own.state}
      data-count={count}
    >
      <h2>
        <b>{t.side[side]}</b> <Name>{own.name}</Name>
      </h2>
      <p className={styles.soft}>{state}</p>
      {own.error && (
        <ErrorNote {...explain(own.error)} code={own.error.code} message={own.error.message} details={t.details} />
      )}
      {count > 0 && (
        <TokenStrip
          tokens={own.events.map(({ id, text, bytes }, position) => ({
            position,
            id,
            text,
            bytes: [...bytes],
            special: false,
            generated: true,
          }))}
          selected={at !== null && at < count ? at : null}
          words={{ ...strip, label: t.tokensOf(t.side[side]), token: (n) => t.token(n + 1) }}
          fill={(position) =>
            position === place ? { background: 'var(--warn-wash)', color: 'var(--ink)' } : undefined
          }
          title={(position) => (position === place ? t.parts : undefined)}
          onSelect={onAt}
        />
      )}
      {own.state === 'done' && count === 0 && (
        <p className={styles.soft}>{own.prompt === null ? t.noTokens : t.silent}</p>
      )}
    </article>
  )
}

/** One place of both answers: how likely each side held what could stand there. */
function Token({ a, b, at, same, byText }: { a: Answer; b: Answer; at: number | null; same: number; byText: boolean }) {
  const t = usePanelText(compareWords)
  const format = useFormats()
  if (at === null) return <p className={styles.soft}>{t.tokenHint}</p>
  const held = byText ? null : heldAt(a.events, b.events, at, best)
  const shared = at <= same && held !== null
  const taken = { a: a.events[at]?.id, b: b.events[at]?.id }
  const note = (id: number): string =>
    id === taken.a ? (id === taken.b ? t.chosen.both : t.chosen.a) : id === taken.b ? t.chosen.b : ''
  return (
    <div className={styles.card} data-testid="compare-token" data-at={at} data-shared={shared}>
      <h3>{t.token(at + 1)}</h3>
      <p className={styles.soft}>{shared ? t.sameBefore : t.otherBefore}</p>
      {held ? (
        <Chances
          rows={held.rows.map((row) => ({ ...row, text: tokenLabel(row.text), note: note(row.id) }))}
          below={{ a: t.below(format.share(held.below.a)), b: t.below(format.share(held.below.b)) }}
          subtract={shared}
        />
      ) : (
        <div className={styles.columns}>
          {both.map((side) => {
            const event = (side === 'a' ? a : b).events[at]
            if (!event) return <span key={side} />
            return (
              <Chances
                key={side}
                only={side}
                rows={event.top
                  .slice(0, best)
                  .map(({ id, text, logprob }) => ({
                    id,
                    text: tokenLabel(text),
                    a: Math.exp(logprob),
                    b: Math.exp(logprob),
                    note: id === event.id ? t.chosen[side] : '',
                  }))}
                subtract={false}
              />
            )
          })}
        </div>
      )}
    </div>
  )
}
