// What edits did to one token's probability, shown where they were made: the bar above the panels may be out of sight.

import { useInspect } from '../../store/inspect.ts'
import { BeforeAfter } from '../../ui/BeforeAfter.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { viewTokens } from '../../ui/tokens.ts'
import styles from './Effect.module.css'
import { useRun } from './run.ts'

/** @param still said when the token is still the likeliest */
export function Effect({
  target,
  still,
  className = '',
}: {
  target: number
  still?: string | undefined
  className?: string | undefined
}) {
  const { tokens, views, common, percent } = useRun()
  const { before, edits, editing } = useInspect()
  const was = before?.length === tokens.length ? before[target]?.logprob : null,
    is = tokens[target]?.logprob
  if (editing) {
    return (
      <p className={`${styles.effect} ${className}`} aria-busy="true">
        {common.edits.working}
      </p>
    )
  }
  if (edits.length === 0 || was == null || is == null) return null
  const [a, b] = [Math.exp(was), Math.exp(is)],
    now = tokens[target]!.top[0]
  return (
    <div
      className={`${styles.effect} ${className}`}
      role="status"
      data-testid="lookup-effect"
      data-before={a}
      data-after={b}
    >
      <p>
        {common.edits.chance} <TokenChip view={views[target]!} generated />
      </p>
      <BeforeAfter
        words={common.edits}
        before={{ fraction: a, text: percent(a) }}
        after={{ fraction: b, text: percent(b) }}
      />
      {still !== undefined && now?.id === tokens[target]!.id && <p data-testid="lookup-still">{still}</p>}
      {now && now.id !== tokens[target]!.id && (
        <p>
          {common.edits.instead}{' '}
          <TokenChip
            view={
              viewTokens([{ position: 0, id: now.id, text: now.text, bytes: [], special: false, generated: false }])[0]!
            }
          />{' '}
          {percent(Math.exp(now.logprob))}
        </p>
      )}
    </div>
  )
}
