// One real query and one real key, moved apart by any distance: what RoPE alone does to their score.

import { useAsk } from '../../store/ask.ts'
import type { Glass, PlanInfo } from '../../store/inspect.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { curveList, distanceAt, pairAt, pairList, type Plot } from './distance-draw.ts'
import { fastPairs, productAt, wavesOf, type Waves } from './distance.ts'
import { largest, probe, readSite } from './read.ts'
import { num, useRun } from './run.ts'
import { ropeOf, unturned } from './rope.ts'
import { stepOf } from './sites.ts'
import { arrayOf, stacked } from './strip-draw.ts'
import { ElementField } from './Strip.tsx'
import { Table } from './Table.tsx'
import { useView } from './view.ts'

/** Distances drawn beside those of the text: far enough for slow pairs to move. */
const far = 2048
const width = 760

interface Found {
  key: number
  q: Float32Array
  k: Float32Array
  score: number
  others: { distance: number; score: number }[]
}

/** The key that this query looks at most (not the first token, which takes what nobody needs), or the one asked for. */
async function find(
  glass: Glass,
  plan: PlanInfo,
  live: boolean,
  layer: number,
  head: number,
  position: number,
  wanted: number | null,
  scale: number,
): Promise<Found> {
  const q = (await readSite(glass, plan, unturned(plan, layer, 'q'), position, head)).values,
    turned = (await probe(glass, { site: 'q_rope', layer, head, position })).values
  const { values: weights } = await probe(glass, { site: 'probs', layer, head, position })
  const scores = live ? (await probe(glass, { site: 'scores', layer, head, position })).values : null
  const order =
    wanted !== null
      ? [wanted]
      : [
          ...largest(
            weights.map((w, i) => (i === 0 || i > position || Number.isNaN(w) ? 0 : w)),
            live ? 1 : position + 1,
          ),
          0,
        ]
  for (const [n, key] of order.entries()) {
    try {
      const k = (await readSite(glass, plan, unturned(plan, layer, 'k'), key, head)).values
      const own = (await probe(glass, { site: 'k_rope', layer, head, position: key })).values
      const product = turned.reduce((sum, v, i) => sum + v * own[i]!, 0) * scale
      return {
        key,
        q,
        k,
        score: scores && !Number.isNaN(scores[key]!) ? scores[key]! : product,
        others: scores
          ? Array.from(scores, (score, p) => ({ distance: position - p, score })).filter(
              (o) => o.distance >= 0 && !Number.isNaN(o.score),
            )
          : [],
      }
    } catch (error) {
      // a recording keeps keys of its last tokens only
      if (n === order.length - 1) throw error
    }
  }
  throw new Error('No key to compare with.')
}

export function DistanceCard() {
  const { info, t, layer, head, position, plan, tokens, views, format } = useRun()
  const rope = ropeOf(info, plan, layer)
  const { key: wanted, distance: moved, split: chosen, reach: range, pair, set } = useView()
  const scheme = useScheme()
  const paint = (name: string) => themeColor(name, scheme)
  const scale = stepOf(plan, 'attn.z', layer)?.params['scale'] ?? 1 / Math.sqrt(info.headDim)
  const asked = wanted !== null && wanted <= position ? wanted : null
  const answer = useAsk(
    position < info.kept || !rope ? null : `distance ${layer} ${head} ${position} ${asked}`,
    async (glass) => {
      const found = await find(glass, plan, info.source === 'live', layer, head, position, asked, scale)
      return { ...found, position, waves: wavesOf(found.q, found.k, rope!) }
    },
  )
  const plotOf = ({
    waves,
    key,
    position: p,
    others,
  }: {
    waves: Waves
    key: number
    position: number
    others: Found['others']
  }): Plot => {
    const reach = range === 'far' ? far : Math.max(16, tokens.length - 1)
    const actual = p - key
    return {
      waves,
      scale,
      split: Math.min(chosen ?? fastPairs(rope?.inv ?? [], reach), waves.a.length),
      reach,
      at: Math.min(moved ?? actual, reach),
      actual,
      others,
      window: info.windows[layer] ?? 0,
    }
  }
  const rows = (plot: Plot) =>
    Array.from({ length: Math.min(plot.reach, 64) + 1 }, (_, i) =>
      Math.round((i * plot.reach) / Math.min(plot.reach, 64)),
    ).map((distance) => ({ distance, ...productAt(plot.waves, distance, plot.split) }))
  return (
    <Card
      op="rope"
      id="distance"
      title={t.distance.title}
      caption={t.distance.caption}
      answer={answer}
      files={(data) => {
        const plot = plotOf(data),
          curve = () =>
            Array.from(
              { length: plot.reach + 1 },
              (_, distance) => productAt(plot.waves, distance, plot.split).all * scale,
            )
        return {
          numbers: () => ({
            head,
            query: data.position,
            key: data.key,
            scale,
            inv: rope?.inv ?? [],
            q: data.q,
            k: data.k,
            score: data.score,
            scoreByDistance: curve(),
          }),
          drawing: () =>
            stacked(
              width,
              [
                { name: t.distance.title, list: curveList(width, plot, paint, t.distance) },
                { name: t.distance.parts(plot.at), list: pairList(width, plot, pair, paint, t.distance) },
              ],
              scheme,
            ),
          array: () => arrayOf([curve()]),
        }
      }}
    >
      {(data) => {
        const plot = plotOf(data),
          { all, fast, slow } = productAt(plot.waves, plot.at, plot.split),
          own = productAt(plot.waves, plot.actual, plot.split).all * scale
        const count = plot.waves.a.length,
          at = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!.clientWidth
        return (
          <div data-testid="distance" data-key={data.key} data-actual={plot.actual}>
            <p className={styles.line}>
              <span>{t.distance.query}</span>{' '}
              <TokenChip view={views[data.position]!} special={tokens[data.position]!.special} /> ·{' '}
              <span>{t.distance.key}</span> <TokenChip view={views[data.key]!} special={tokens[data.key]!.special} />{' '}
              <span>{t.distance.apart(plot.actual)}</span>
            </p>
            <div className={styles.fields}>
              <ElementField
                count={data.position + 1}
                value={data.key}
                label={t.distance.keyToken}
                onChange={(key) => set({ key, distance: null })}
              />
              <Segmented
                label={t.distance.range}
                value={range}
                onChange={(next) => set({ reach: next })}
                options={[
                  { value: 'text', text: t.distance.near(Math.max(16, tokens.length - 1)) },
                  { value: 'far', text: t.distance.far(format.number(far)) },
                ]}
              />
            </div>
            <Drawing
              draw={(w) => curveList(w, plot, paint, t.distance)}
              label={t.distance.label(plot.reach, num(own))}
              pointer
              testId="distance-curve"
              onPick={({ x }) => set({ distance: distanceAt(x, at('distance-curve'), plot.reach) })}
            />
            <label className={styles.slide}>
              {t.distance.slider}
              <input
                type="range"
                min={0}
                max={plot.reach}
                step={1}
                value={plot.at}
                aria-valuetext={t.distance.value(plot.at, num(all * scale))}
                onChange={(event) => set({ distance: event.target.valueAsNumber })}
                data-testid="distance-slider"
              />
              <output>{plot.at}</output>
            </label>
            <Sums
              rows={[
                {
                  name: t.distance.split(t.distance.fast, 0, plot.split - 1),
                  value: num(fast * scale),
                  exact: fast * scale,
                  testId: 'distance-fast',
                },
                {
                  name: t.distance.split(t.distance.slow, plot.split, count - 1),
                  value: num(slow * scale),
                  exact: slow * scale,
                  testId: 'distance-slow',
                },
                {
                  name: (
                    <>
                      q·k {num(all)} × {num(scale)}
                    </>
                  ),
                  value: num(all * scale),
                  exact: all * scale,
                  testId: 'distance-score',
                },
                { name: t.distance.run, value: num(data.score), exact: data.score, testId: 'distance-run' },
                {
                  name: t.distance.off,
                  value: num(Math.abs(own - data.score)),
                  exact: Math.abs(own - data.score),
                  testId: 'distance-off',
                },
              ]}
            />
            <p className={styles.field}>{t.distance.parts(plot.at)}</p>
            <Drawing
              draw={(w) => pairList(w, plot, Math.min(pair, count - 1), paint, t.distance)}
              label={t.distance.partsLabel(count)}
              pointer
              testId="distance-pairs"
              onPick={({ x }) => set({ pair: pairAt(x, at('distance-pairs'), count) })}
            />
            <label className={styles.slide}>
              {t.distance.splitAt}
              <input
                type="range"
                min={0}
                max={count}
                step={1}
                value={plot.split}
                aria-valuetext={t.distance.splitValue(plot.split, count)}
                onChange={(event) => set({ split: event.target.valueAsNumber })}
              />
              <output>{plot.split}</output>
            </label>
            {plot.waves.fixed !== 0 && <p className={styles.note}>{t.distance.fixed(num(plot.waves.fixed * scale))}</p>}
            {range === 'far' && <p className={styles.note}>{t.distance.beyond}</p>}
            <Table
              name={t.distance.table}
              head={[t.distance.distance, t.distance.all, t.distance.fast, t.distance.slow]}
              rows={() =>
                rows(plot).map((r) => [r.distance, num(r.all * scale), num(r.fast * scale), num(r.slow * scale)])
              }
              testId="distance-table"
            />
          </div>
        )
      }}
    </Card>
  )
}
