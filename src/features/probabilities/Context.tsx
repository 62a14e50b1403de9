// The chosen place in words: what came before and then, with its chance; or, in a text that is read whole, what stands on
// both sides, and whether the model saw the token or had to guess it.

import { isBlank } from '../../store/rows.ts'
import type { GlassToken } from '../../store/inspect.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { tokenLabel, type TokenView } from '../../ui/tokens.ts'
import styles from './Panel.module.css'
import { bits } from './pipeline.ts'
import { useRun } from './run.ts'

const around = 14

/** @param list the tokens of the run and, where the text goes on, the one to come; with `views` */
export function Context({ list, views }: { list: readonly GlassToken[]; views: readonly TokenView[] }) {
  const { t, info, own, position, percent, format } = useRun()
  const here = list[position]!
  const from = Math.max(0, position - around),
    to = own ? Math.min(list.length, position + 1 + around) : position
  const chips = (first: number, end: number) =>
    list
      .slice(first, end)
      .map((token, i) => <TokenChip key={token.position} view={views[first + i]!} special={token.special} />)
  const facts =
    here.logprob === null || here.rank === null
      ? null
      : ([percent(Math.exp(here.logprob)), format.number(here.rank + 1)] as const)
  const best = here.top[0]
  return (
    <p className={styles.context} data-testid="context">
      <span className={styles.soft}>{own ? t.own.place : t.position.after}</span> {from > 0 && '… '}
      {chips(from, position)}{' '}
      {!own && <span className={styles.soft}>{here.id < 0 ? t.position.toCome : t.position.chose}</span>}{' '}
      {here.id >= 0 && <TokenChip view={views[position]!} selected />} {own && chips(position + 1, to)}
      {own && to < list.length && ' …'}
      {facts && (
        <span className={styles.facts}>
          {!own
            ? t.position.facts(...facts, format.number(bits(-here.logprob!), 1))
            : isBlank(info, here)
              ? best && t.own.guess(tokenLabel(best.text), percent(Math.exp(best.logprob)))
              : t.own.sees(...facts)}
        </span>
      )}
    </p>
  )
}
