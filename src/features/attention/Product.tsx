// Inside one edge: q·k dimension by dimension, with and without RoPE; and the whole row's way from raw scores through
// the mask to the weights.

import { useMemo } from 'react'
import { useAsk } from '../../store/ask.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { useLatest } from '../../ui/useLatest.ts'
import { Numbers, useTable } from './Numbers.tsx'
import { pairAndRow, pairBars, rowSteps } from './product-draw.ts'
import styles from './Product.module.css'
import { exact, pair } from './read.ts'
import { scoreScale } from './hidden.ts'
import { useRun, useTrouble } from './run.ts'
import { strongest } from './scores.ts'
import { useView } from './view.ts'

/** Hidden keys after the query that are computed to show what the mask takes away. */
const ahead = 12

export function Product({ rows }: { rows: readonly (Float32Array | null)[] }) {
  const { info, tokens, t, common, layer, head, position, views, name, value, percent, end, pick, sight } = useRun()
  const trouble = useTrouble()
  const { key: chosen, sink, set, ...view } = useView()
  // a model that turns nothing by position has nothing to switch off
  const turns = info.rope.rotary > 0 || Object.keys(info.ropes ?? {}).length > 0,
    rope = view.rope || !turns
  const width = end(position)
  const scheme = useScheme()
  const colour = (name: string) => themeColor(name, scheme)
  const all = rows[layer]
  const row = useMemo(
    () => (all && all.length === info.heads * width ? all.subarray(head * width, (head + 1) * width) : null),
    [all, info.heads, width, head],
  )
  const key =
    chosen !== null && chosen < width ? chosen : row ? (strongest(row, 0.01, sink !== 'shown', 1)[0]?.key ?? 0) : null

  const product = useAsk(key === null ? null : `pair ${layer} ${head} ${position} ${key} ${rope}`, async (glass) => {
    const scale = await scoreScale(glass, info, layer)
    return { ...(await pair(glass, info, layer, head, position, key!, rope)), scale, key: key!, rope }
  })
  const steps = useAsk(`steps ${layer} ${head} ${position} ${width}`, async (glass) => {
    const scores = await exact(glass, layer, [head], [position, position + 1], [0, width], 'scores')
    const scale = await scoreScale(glass, info, layer)
    const { values: q } = await glass.probe({ site: 'q_rope', layer, head, position })
    const later: number[] = []
    for (let p = width; p < Math.min(tokens.length, width + ahead); p++) {
      const { values: k } = await glass.probe({ site: 'k_rope', layer, head, position: p })
      later.push(q.reduce((sum, v, i) => sum + v * k[i]!, 0) * scale)
    }
    // a masked edge has no score after the mask; its raw one is computed like the hidden ones
    const raw = scores.slice()
    for (let p = 0; p < width; p++) {
      if (!Number.isNaN(raw[p]!)) continue
      const { values: k } = await glass.probe({ site: 'k_rope', layer, head, position: p })
      raw[p] = q.reduce((sum, v, i) => sum + v * k[i]!, 0) * scale
    }
    return { raw, scores, later: Float32Array.from(later), position }
  })
  const shownSteps =
    steps.data && row && steps.data.position === position && steps.data.raw.length === width
      ? { ...steps.data, probs: row, key, sink: sink === 'shown' }
      : null
  const p = product.data
  const bars = useLatest(p && ((w: number) => pairAndRow(w, p, shownSteps, colour, t.product)))
  const [table, tableButton] = useTable()
  return (
    <Figure
      title={t.product.title(t.headName(layer, head))}
      words={common.figure}
      source={info.source}
      testId="figure-product"
      caption={`${t.product.caption}${turns ? ` ${t.product.captionRope}` : ''}`}
      files={
        p
          ? {
              name: `qk-${layer}-${head}-${position}-${key}`,
              of: `${t.headName(layer, head)} · ${common.strip.token(position)} → ${common.strip.token(key ?? position)}`,
              drawing: () => bars.current!(760),
              numbers: () => ({ model: info.model, layer, head, query: position, ...p, row: shownSteps }),
              array: () => ({ shape: [3, p.q.length], data: Float32Array.from([...p.q, ...p.k, ...p.product]) }),
            }
          : undefined
      }
      tools={
        <>
          {tableButton}
          {turns && (
            <label className={styles.check}>
              <input
                type="checkbox"
                checked={rope}
                onChange={(event) => set({ rope: event.target.checked })}
                data-testid="rope"
              />
              {t.product.rope}
            </label>
          )}
        </>
      }
    >
      {key !== null && (
        <p className={styles.sum}>
          <span className={styles.q}>q</span> <TokenChip view={views[position]!} /> ·{' '}
          <span className={styles.k}>k</span> <TokenChip view={views[key]!} />
          {p && (
            <>
              {' '}
              = <b data-testid="dot">{value(p.sum)}</b> × {value(p.scale)} = <b>{value(p.sum * p.scale)}</b>
              {rope && row && (
                <>
                  {' '}
                  {sight.biased && `${t.product.biased} `}→ softmax →{' '}
                  <b className={styles.weight}>{percent(row[key] ?? 0)}</b>
                </>
              )}
              {!rope && <span> {t.product.withoutRope}</span>}
            </>
          )}
        </p>
      )}
      {p && table && (
        <Numbers
          caption={t.product.barsLabel}
          head={[t.product.dimension, 'q', 'k', t.product.product]}
          rows={Array.from(p.q, (v, i) => [String(i), value(v), value(p.k[i]!), value(p.product[i]!)])}
        />
      )}
      {p && !table && (
        <Drawing draw={(w) => pairBars(w, p, colour, t.product)} label={t.product.barsLabel} testId="qk-bars" />
      )}
      {(product.error ?? steps.error) && <p role="alert">{trouble((product.error ?? steps.error)!)}</p>}
      {!steps.error && <h3 className={styles.heading}>{t.product.steps}</h3>}
      {shownSteps && table && (
        <Numbers
          caption={t.product.stepsLabel}
          head={[t.table.key, t.product.raw, t.product.masked, t.product.softmax]}
          rows={[
            ...Array.from(shownSteps.raw, (v, i) => [
              `${i} ${name(i)}`,
              value(v),
              value(shownSteps.scores[i]!),
              value(row![i]!),
            ]),
            ...Array.from(shownSteps.later, (v, i) => [
              `${width + i} ${name(width + i)}`,
              value(v),
              t.matrix.absent,
              t.matrix.absent,
            ]),
          ]}
        />
      )}
      {shownSteps && !table && (
        <Drawing
          label={t.product.stepsLabel}
          testId="row-steps"
          pointer
          draw={(w) => rowSteps(w, shownSteps, colour, t.product)}
          onPick={({ x, width: w }) => {
            const count = shownSteps.scores.length + shownSteps.later.length
            const at = Math.floor(((x - 64) / (w - 72)) * count)
            if (at >= 0 && at < width) set({ key: at })
            else if (at >= width && at < tokens.length) pick(at)
          }}
        />
      )}
    </Figure>
  )
}
