// One head's row of attention at this token: scores where they can be read, weights, and what share of them is shown.

import { useAsk } from '../../store/ask.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { largest, lookOf, readSite } from './read.ts'
import { HeadField } from './Rope.tsx'
import { num, useRun } from './run.ts'
import { stepOf } from './sites.ts'
import { arrayOf } from './strip-draw.ts'
import { Strip } from './Strip.tsx'

export function AttentionCard() {
  const { info, t, common, tokens: own, views: ownViews, source, layer, head, position, plan, part } = useRun()
  const { tokens, views } = part === 'cross' ? source : { tokens: own, views: ownViews }
  const answer = useAsk(
    position < info.kept ? null : `attention ${part} ${layer} ${head} ${position}`,
    async (glass) => ({
      weights: await lookOf(glass, info, { part, layer, head, position }, 'probs'),
      scores: info.source === 'live' ? await lookOf(glass, info, { part, layer, head, position }, 'scores') : null,
      z: await readSite(glass, plan, `blocks.${layer}.${part}.z`, position, head).then(
        (z) => z.values,
        (error: unknown) => {
          if (info.source === 'recording') return null
          throw error
        },
      ),
    }),
  )
  const { causal = 1, prefixed = 0, biased = 0 } = stepOf(plan, `${part}.z`, layer)?.params ?? {}
  const caption = [
    part === 'cross'
      ? t.attention.cross
      : causal === 0
        ? t.attention.both
        : prefixed
          ? t.attention.prefix
          : t.attention.caption,
    ...(biased ? [t.attention.biased] : []),
  ].join(' ')
  const group = info.heads / info.kvHeads,
    first = Math.floor(head / group) * group
  return (
    <Card
      op="attention"
      title={t.attention.title}
      caption={caption}
      answer={answer}
      files={({ weights, scores, z }) => ({
        numbers: () => ({ head, weights, scores, z }),
        array: () => arrayOf([weights]),
      })}
    >
      {({ weights, scores, z }) => {
        // a key outside the attention window is absent, not zero
        const present = weights.map((w) => (Number.isNaN(w) ? 0 : w))
        const top = largest(present, 8).filter((k) => present[k]! > 0),
          all = present.reduce((sum, w) => sum + w, 0)
        const rest = present.length - top.length
        return (
          <>
            <div className={styles.fields}>
              <HeadField />
              {group > 1 && <span className={styles.field}>{t.attention.shares(first, first + group - 1)}</span>}
            </div>
            <table className={styles.rows} data-testid="attention-row">
              <thead>
                <tr>
                  <th scope="col">{t.attention.key}</th>
                  {scores && <th scope="col">{t.attention.score}</th>}
                  <th scope="col">{t.attention.weight}</th>
                </tr>
              </thead>
              <tbody>
                {top.map((k) => (
                  <tr key={k} data-key={k} data-weight={present[k]}>
                    <th scope="row">
                      <TokenChip view={views[k]!} special={tokens[k]!.special} title={common.strip.token(k)} />
                    </th>
                    {scores && <td>{num(scores[k]!)}</td>}
                    <td>
                      <span className={styles.bar} style={{ inlineSize: `${80 * present[k]!}%` }} />
                      <b>{num(present[k]!)}</b>
                    </td>
                  </tr>
                ))}
                {rest > 0 && (
                  <tr>
                    <th scope="row">{t.attention.others(rest)}</th>
                    {scores && <td>–</td>}
                    <td>{num(Math.max(0, all - top.reduce((sum, k) => sum + present[k]!, 0)))}</td>
                  </tr>
                )}
              </tbody>
            </table>
            <Sums rows={[{ name: t.attention.sum, value: num(all), exact: all, testId: 'weights-sum' }]} />
            {z && <Strip name={t.attention.mixed} values={z} pick={null} />}
            <Button
              variant="quiet"
              icon="attention"
              onClick={() => {
                location.hash = location.hash.replace(/^#\/[a-z]*/, '#/attention')
              }}
            >
              {t.attention.open}
            </Button>
          </>
        )
      }}
    </Card>
  )
}
