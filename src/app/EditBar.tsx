// The edits in force and what they did, on the chat and every panel that looks inside: the watched token before and
// after, what is likeliest now, the whole answer as a table, and undo. What is changed must be seen wherever its
// numbers are.

import { useMemo, useState } from 'react'
import { useExplain, useFormats } from '../i18n/index.tsx'
import { glass as words } from '../i18n/panels/glass.ts'
import { usePanelText } from '../i18n/panels/index.ts'
import { chances, comeMoved, mostMoved } from '../store/edits.ts'
import { useEdited } from '../store/edited.ts'
import { useChat, type TokenCandidate } from '../store/index.ts'
import { useInspect, type Edit } from '../store/inspect.ts'
import { BeforeAfter } from '../ui/BeforeAfter.tsx'
import { Button } from '../ui/Button.tsx'
import { Progress } from '../ui/Progress.tsx'
import { TokenChip } from '../ui/TokenChip.tsx'
import { viewTokens } from '../ui/tokens.ts'
import { useNarrow } from '../ui/useNarrow.ts'
import styles from './EditBar.module.css'

type Words = typeof words.en.edits
/** Rows of the table, and edits named. */
const max = 60,
  named = 8
/** Edits named beside the buttons; more have lines of their own. */
const few = 3

export function EditBar() {
  const t = usePanelText(words).edits
  const explain = useExplain()
  const { edits, setEdits, editing, reading, stopReading, before, tokens, error, info, dismissError } = useInspect()
  const wait = usePanelText(words).wait
  const idle = useChat((s) => s.status === 'idle')
  const takenBack = useEdited((s) => s.takenBack)
  // on a phone one line says that the model is changed; the rest is a press away
  const narrow = useNarrow()
  const [opened, setOpened] = useState(false)
  const folded = narrow && !opened
  if (edits.length === 0 && !editing && !error && takenBack === 0) return null
  const editable = info?.source === 'live' && !editing && idle
  return (
    <div className={styles.place}>
      <section className={styles.bar} aria-label={t.title} aria-busy={editing} data-testid="edit-bar">
        <div className={styles.head} data-folded={folded}>
          <strong role="status">
            {editing
              ? t.working
              : error
                ? explain(error).text
                : edits.length > 0 || takenBack === 0
                  ? t.active(edits.length)
                  : t.takenBack(takenBack)}
          </strong>
          {error && !editing && <Button variant="quiet" icon="close" label={t.dismiss} onClick={dismissError} />}
          {!folded && (
            <ul className={styles.list} data-many={edits.length > few}>
              {edits.slice(-named).map((edit, i) => (
                <li key={i}>{describe(edit, t)}</li>
              ))}
              {edits.length > named && <li>…</li>}
            </ul>
          )}
          {(edits.length > 0 || editing) && (
            <Button
              icon="undo"
              disabled={!editable || edits.length === 0}
              onClick={() => void setEdits(edits.slice(0, -1))}
              data-testid="undo"
              {...(folded && { label: t.undo })}
            >
              {folded ? undefined : t.undo}
            </Button>
          )}
          {narrow && edits.length > 0 && (
            <Button
              variant="quiet"
              icon="down"
              label={opened ? t.fold : t.unfold}
              aria-expanded={opened}
              data-testid="edit-bar-more"
              onClick={() => setOpened(!opened)}
            />
          )}
          {!folded && edits.length > 1 && (
            <Button variant="quiet" disabled={!editable} onClick={() => void setEdits([])} data-testid="undo-all">
              {t.clear}
            </Button>
          )}
        </div>
        {editing && reading && (
          <div className={styles.reading}>
            <Progress
              label={t.working}
              value={reading.done}
              total={reading.total}
              end={wait.amount(reading.done, reading.total)}
            />
            <Button icon="stop" onClick={stopReading} data-testid="stop-edit">
              {wait.stop}
            </Button>
          </div>
        )}
        {takenBack > 0 && !editing && (
          <div className={styles.head} data-testid="taken-back">
            {edits.length > 0 && <span role="status">{t.takenBack(takenBack)}</span>}
            <Button
              variant="quiet"
              icon="close"
              label={t.dismiss}
              onClick={() => useEdited.setState({ takenBack: 0 })}
            />
          </div>
        )}
        {!folded && before && before.length === tokens.length && <Effect />}
      </section>
    </div>
  )
}

function usePercent(): (fraction: number) => string {
  const format = useFormats()
  return (fraction) =>
    fraction > 0 && fraction < 1e-6
      ? '< 0.0001 %'
      : `${format.short(Number((fraction * 100).toPrecision(fraction < 0.1 ? 2 : 3)))} %`
}
const one = (text: string) =>
  viewTokens([{ position: 0, id: 0, text, bytes: [], special: false, generated: false }])[0]!

function Effect() {
  const t = usePanelText(words).edits
  const percent = usePercent()
  const { tokens, ahead, watched, select } = useInspect()
  const mask = useInspect((s) => s.info?.mask ?? null)
  const before = useInspect((s) => s.before)!
  const views = useMemo(() => viewTokens(tokens), [tokens])
  const moved = mostMoved(before, tokens, 5, mask)
  const come = ahead && comeMoved(ahead)
  const position =
    watched !== null && watched <= tokens.length && (watched < tokens.length || come)
      ? watched
      : (moved[0]?.position ?? tokens.length)
  const token = tokens[position]
  const was = token ? chances(before, tokens, mask).find((m) => m.position === position) : come
  if (!was) return null
  const top: readonly TokenCandidate[] = token ? token.top : ahead!.after
  const guess = 'guess' in was ? was.guess : undefined
  const id = guess?.id ?? token?.id ?? come!.id
  const [a, b] = [was.before, was.after]
  const first = top[0],
    other = top.find((c) => c.id !== id)
  const also = moved.filter((m) => m.position !== position && Math.abs(m.after - m.before) >= 0.001).slice(0, 4)
  return (
    <>
      <div
        className={styles.effect}
        data-testid="effect"
        data-token={position}
        data-id={id}
        data-before={a}
        data-after={b ?? undefined}
      >
        <p className={styles.watched}>
          {t.chance}{' '}
          <TokenChip
            view={guess ? one(guess.text) : token ? views[position]! : one(come!.text)}
            generated={token?.generated ?? true}
          />
          {!token && <small> {t.toCome}</small>}
        </p>
        <BeforeAfter
          words={t}
          before={{ fraction: a, text: percent(a) }}
          after={{ fraction: b, text: b === null ? `< ${percent(Math.exp(top.at(-1)!.logprob))}` : percent(b) }}
        />
        <p className={styles.notes}>
          {first && first.id !== id && (
            <span data-testid="effect-now" data-id={first.id}>
              {t.instead} <TokenChip view={one(first.text)} /> {percent(Math.exp(first.logprob))}
            </span>
          )}
          {first && first.id === id && other && (
            <span>
              {t.still} <TokenChip view={one(other.text)} /> {percent(Math.exp(other.logprob))}
            </span>
          )}
          {also.length > 0 && (
            <span className={styles.moved}>
              {t.moved}{' '}
              {also.map((m) => (
                <button key={m.position} type="button" onClick={() => select({ position: m.position })}>
                  <TokenChip view={m.guess ? one(m.guess.text) : views[m.position]!} /> {percent(m.before)} →{' '}
                  {percent(m.after)}
                </button>
              ))}
            </span>
          )}
        </p>
      </div>
      <Answer />
    </>
  )
}

/** Every token of the answer, as it was scored before and is now. */
function Answer() {
  const t = usePanelText(words).edits
  const percent = usePercent()
  const { tokens } = useInspect()
  const before = useInspect((s) => s.before)!
  const views = useMemo(() => viewTokens(tokens), [tokens])
  const rows = chances(before, tokens)
    .filter((m) => tokens[m.position]!.generated)
    .slice(0, max)
  if (rows.length === 0) return null
  return (
    <details className={styles.answer}>
      <summary>{t.answer}</summary>
      <div className={styles.scroll} role="region" aria-label={t.answer} tabIndex={0}>
        <table data-testid="answer-table">
          <thead>
            <tr>
              <th scope="col">{t.token}</th>
              <th scope="col">{t.before}</th>
              <th scope="col">{t.after}</th>
              <th scope="col">{t.now}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((m) => {
              const first = tokens[m.position]!.top[0]
              return (
                <tr key={m.position} data-position={m.position} data-before={m.before} data-after={m.after}>
                  <th scope="row">
                    <TokenChip view={views[m.position]!} generated />
                  </th>
                  <td>{percent(m.before)}</td>
                  <td>{percent(m.after)}</td>
                  <td>
                    {first &&
                      (first.id === tokens[m.position]!.id ? (
                        '='
                      ) : (
                        <>
                          <TokenChip view={one(first.text)} /> {percent(Math.exp(first.logprob))}
                        </>
                      ))}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}

function describe(edit: Edit, t: Words): string {
  const { kinds } = t
  switch (edit.kind) {
    case 'scale-head':
      return edit.factor === 0
        ? kinds.silenced(t.headName(edit.layer, edit.head))
        : kinds.scaled(t.headName(edit.layer, edit.head), edit.factor)
    case 'mask-edges':
      return kinds.maskEdges(
        edit.head < 0 ? kinds.allHeads(edit.layer) : t.headName(edit.layer, edit.head),
        edit.queries[0],
        edit.keys[0],
        edit.branch === 'cross',
      )
    case 'skip':
      return kinds.skip(edit.layer, edit.part)
    case 'evict':
      return kinds.evict(edit.keys[0], edit.keys[1] - 1)
    case 'turn':
      return edit.by === null ? kinds.unturned : kinds.shifted(edit.by)
    case 'patch':
      return kinds.patch(kinds.place(edit.layer, edit.position, false), edit.label ?? kinds.foreign)
    case 'direction': {
      const place = kinds.place(edit.layer, edit.positions[0], edit.positions[1] > edit.positions[0] + 1)
      return (edit.mode === 'add' ? kinds.add : kinds.ablate)(place, edit.label ?? kinds.direction)
    }
  }
}
