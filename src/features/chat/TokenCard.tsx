// What the model thought at one token: its chances before and after the settings, what else it could have been,
// and the way on with another one.

import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { formWords } from '../../i18n/panels/form.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { canFork, useBranches } from '../../store/branches.ts'
import { useChat, useModels, type Message, type TokenEvent } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { drawnChance, measure } from './coloring-scale.ts'
import { nameOf } from './names.ts'
import styles from './TokenCard.module.css'

const listed = 7

interface Props {
  message: Message
  event: TokenEvent
  locked: boolean
  anchor: () => { getClientRects(): ArrayLike<DOMRect> } | null
  onEnter: () => void
  onLeave: () => void
  onClose: () => void
}

export function TokenCard({ message, event, locked, anchor, onEnter, onLeave, onClose }: Props) {
  const t = usePanelText(tokenWords).card
  const { barred, ...form } = usePanelText(formWords)
  const held = useChat((s) => s.params.form !== 'free')
  const format = useFormats()
  const box = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<{ left: number; top: number; maxHeight?: number } | null>(null)
  const idle = useChat((s) => s.status === 'idle')
  const latest = useChat((s) => s.messages.at(-1)?.id === message.id)
  const edits = useInspect((s) => s.edits.length)
  const { fork, ban } = useBranches()
  const model = useModels((s) => s.active?.id)
  const banned = useChat((s) =>
    s.params.banned.some((b) => b.id === event.id && b.model === model && b.bias === undefined),
  )
  const find = useRef(anchor)
  useEffect(() => {
    find.current = anchor
  })

  useLayoutEffect(() => {
    const put = (): void => {
      const target = find.current()?.getClientRects()[0],
        card = box.current
      if (!target || !card) return
      const { offsetWidth: w, scrollHeight } = card
      const h = scrollHeight + 2
      const below = target.bottom + h + 8 < innerHeight,
        above = target.top > h + 8
      const right = target.right + w + 16 < innerWidth
      // never over its own token: below it, above it, beside it, else where there is more room, to be scrolled
      const roomBelow = innerHeight - target.bottom - 12,
        roomAbove = target.top - 12
      if (!below && !above && !right && target.left < w + 16) {
        setPlace({
          left: Math.max(8, Math.min(innerWidth - w - 8, target.left - 16)),
          ...(roomBelow >= roomAbove
            ? { top: target.bottom + 4, maxHeight: roomBelow }
            : { top: 8, maxHeight: roomAbove }),
        })
        return
      }
      const left = below || above ? target.left - 16 : right ? target.right + 8 : target.left - w - 8
      setPlace({
        left: Math.max(8, Math.min(innerWidth - w - 8, left)),
        top: Math.max(
          8,
          Math.min(innerHeight - h - 8, below ? target.bottom + 4 : above ? target.top - h - 4 : target.top - h / 2),
        ),
      })
    }
    put()
    addEventListener('scroll', put, true)
    addEventListener('resize', put)
    return () => {
      removeEventListener('scroll', put, true)
      removeEventListener('resize', put)
    }
  }, [event])
  useEffect(() => {
    if (!locked) return
    const away = (pointer: PointerEvent): void => {
      if (pointer.target instanceof Element && !pointer.target.closest('[data-token-card], [data-i], [data-words]')) {
        onClose()
      }
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [locked, onClose])

  const p = (logprob: number): string => percent(Math.exp(logprob))
  const percent = (fraction: number): string =>
    fraction >= 0.99995 ? '100 %' : `${format.short(Number((fraction * 100).toPrecision(fraction < 0.01 ? 2 : 3)))} %`
  const label = tokenLabel(nameOf(event))
  const after = drawnChance(event)
  const margin = measure(event, 'margin')
  const refusal = !latest ? t.notLatest : !idle ? t.busy : edits > 0 ? t.edits : canFork(message.id) ? null : t.notHere
  const best = Math.exp(event.top[0]?.logprob ?? 0)
  const mask = event.stages.find(({ stage }) => stage === 'form')
  const facts: [string, string, string?][] = [
    [t.before, p(event.logprob), t.beforeHint],
    [t.after, after === null ? t.byHand : percent(after), t.afterHint],
    [t.rank, format.number(event.rank + 1)],
    [t.surprise, t.bits(format.number(-event.logprob / Math.LN2, 2))],
    [t.entropy, t.bits(format.number(event.entropy / Math.LN2, 2))],
    ...(margin === null ? [] : [[t.margin, format.number(margin, 2)] as [string, string]]),
  ]
  return (
    <div
      ref={box}
      data-token-card
      className={styles.card}
      role="group"
      aria-label={t.title(label)}
      data-testid="token-card"
      data-placed={place !== null}
      data-position={event.position}
      data-logprob={event.logprob}
      style={place ?? undefined}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
      onPointerOver={(e) => e.stopPropagation()}
      onClick={(e) => e.stopPropagation()}
      onKeyDown={(e) => {
        if (e.key === 'Escape') {
          e.preventDefault()
          onClose()
        }
        e.stopPropagation()
      }}
    >
      <header className={styles.head}>
        <code className={styles.name}>{label}</code>
        <span className={styles.id}>
          {t.id} {event.id} · {t.position} {event.position}
        </span>
        {locked && <Button variant="quiet" icon="close" label={t.close} onClick={onClose} />}
      </header>
      <dl className={styles.facts}>
        {facts.map(([name, value, hint]) => (
          <div key={name} title={hint}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {mask && (
        <p className={styles.mask} data-testid="card-form">
          {form.why(format.number(mask.removed), percent(mask.removedMass), format.number(mask.kept))}
        </p>
      )}
      <h3 className={styles.sub}>
        {t.alternatives} <small>{refusal ?? `↳ ${t.branch}`}</small>
      </h3>
      <ol className={styles.list}>
        {event.top.slice(0, listed).map((candidate) => {
          const mine = candidate.id === event.id
          const bar = candidate.barred && held ? barred : null
          return (
            <li
              key={candidate.id}
              data-id={candidate.id}
              data-logprob={candidate.logprob}
              data-mine={mine}
              data-barred={candidate.barred}
            >
              <span
                className={styles.bar}
                style={{ width: `${(Math.exp(candidate.logprob) / best) * 100}%` }}
                aria-hidden="true"
              />
              <code title={candidate.barred && barred}>{tokenLabel(candidate.text)}</code>
              <output>{p(candidate.logprob)}</output>
              {mine ? (
                <small>{t.chosen}</small>
              ) : (
                <button
                  type="button"
                  disabled={refusal !== null || bar !== null}
                  title={refusal ?? bar ?? t.branch}
                  aria-label={`${t.branch}: ${tokenLabel(candidate.text)}`}
                  data-testid="card-branch"
                  onClick={() => {
                    onClose()
                    void fork(message.id, event.index, candidate)
                  }}
                >
                  ↳
                </button>
              )}
            </li>
          )
        })}
      </ol>
      <footer className={styles.foot}>
        {banned ? (
          <span>{t.isBanned}</span>
        ) : (
          <Button
            variant="quiet"
            disabled={refusal !== null}
            title={t.banHint}
            data-testid="card-ban"
            onClick={() => {
              onClose()
              void ban(message.id, event.index)
            }}
          >
            ⊘ {t.ban}
          </Button>
        )}
        {latest && (
          <span className={styles.why} role="group" aria-label={t.why}>
            <span>{t.why}</span>
            <Button
              variant="quiet"
              icon="probabilities"
              label={t.inspect}
              data-testid="card-inspect"
              onClick={() => {
                location.hash = `#/probabilities?p=${event.position}`
              }}
            />
            {/* what a token became is seen where it was decided: at the token before it */}
            <Button
              variant="quiet"
              icon="lens"
              label={t.whyLens}
              data-testid="card-why-lens"
              onClick={() => {
                location.hash = `#/lens?p=${event.position - 1}`
              }}
            />
            <Button
              variant="quiet"
              icon="attention"
              label={t.whyAttention}
              data-testid="card-why-attention"
              onClick={() => {
                location.hash = `#/attention?p=${event.position - 1}&why=${event.position}`
              }}
            />
          </span>
        )}
      </footer>
    </div>
  )
}
