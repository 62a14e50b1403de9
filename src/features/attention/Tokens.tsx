// The text itself: orange where the selected token looks, grey on the tokens that look back at it. Several heads
// laid over each other show their mean.

import { useRef } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import { colorAt, css, inkOn, lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { Legend } from '../../ui/Legend.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Numbers, useTable } from './Numbers.tsx'
import { exact } from './read.ts'
import { useRun } from './run.ts'
import { strongest } from './scores.ts'
import { columnWithout, rowWithout } from './sink.ts'
import { chipDrawing } from './tokens-draw.ts'
import styles from './Tokens.module.css'
import { pickedOf, useView } from './view.ts'

/** @param rows per layer (heads, position + 1): every head's look back from `position` */
export function Tokens({
  rows,
  position,
  children,
}: {
  rows: readonly (Float32Array | null)[]
  position: number
  children: React.ReactNode
}) {
  const run = useRun()
  const { info, tokens, t, common, views, percent, layer, head } = run
  const { hoverHead, numbers, sink, set, ...view } = useView()
  const { locked, follow } = useInspect()
  const scheme = useScheme()
  const picked = pickedOf(view.picked, info.heads)
  const heads = hoverHead === null && picked.length > 1 ? picked : [head]
  const all = rows[layer]
  const width = run.end(position)
  const row =
    all && all.length === info.heads * width
      ? mean(heads.map((h) => rowWithout(all.subarray(h * width, (h + 1) * width), sink)))
      : null
  // who looks back: one column of the same heads
  const backFrom = Math.max(width, info.kept)
  const column = useAsk(
    row !== null && width < tokens.length ? `column ${layer} ${heads.join()} ${position} ${sink}` : null,
    async (glass) => {
      const rest: [number, number] = [backFrom, tokens.length],
        n = tokens.length - backFrom
      const values = await exact(glass, layer, heads, rest, [position, position + 1])
      const first = sink === 'renormalised' ? await exact(glass, layer, heads, rest, [0, 1]) : values
      return mean(
        heads.map((_, i) =>
          columnWithout(values.subarray(i * n, (i + 1) * n), first.subarray(i * n, (i + 1) * n), sink),
        ),
      )
    },
  )
  const back = column.fresh ? column.data : null
  const [table, tableButton] = useTable()
  const box = useRef<HTMLDivElement>(null)

  const edges: ColorScale = { lut: lut('heat', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.04 }
  const looked: ColorScale = { lut: lut('grey', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
  const weight = (p: number): number | undefined =>
    p < width ? (p === 0 && sink !== 'shown' ? undefined : row?.[p]) : back?.[p - backFrom]
  const fill = (p: number) => {
    const w = weight(p)
    if (w === undefined || !(w > 0.004)) return undefined
    const rgb = colorAt(p < width ? edges : looked, w)!
    return { background: css(rgb), color: inkOn(rgb) }
  }
  const top = row ? strongest(row, 0.9, sink !== 'shown', 5) : []
  return (
    <Figure
      title={t.tokens.title}
      words={common.figure}
      source={info.source}
      testId="figure-tokens"
      files={{
        name: `attention-row-${layer}-${heads.join('-')}-${position}`,
        of: `${heads.map((h) => t.headName(layer, h)).join(', ')} · ${common.strip.token(position)}`,
        drawing: () =>
          chipDrawing(
            box.current?.clientWidth || 760,
            tokens.map((token, p) => ({
              text: views[p]!.label,
              fill: fill(p),
              selected: p === position,
              faint: token.special,
            })),
            (name) => themeColor(name, scheme),
          ),
        numbers: () => ({
          model: info.model,
          layer,
          heads,
          sink,
          query: position,
          tokens: tokens.map((token) => token.text),
          looksAt: row,
          lookedAtBy: { from: backFrom, weights: back },
        }),
        array: () => ({ shape: [width], data: row ? row.slice() : new Float32Array(width) }),
      }}
      tools={
        <>
          {tableButton}
          <label className={styles.check}>
            <input type="checkbox" checked={numbers} onChange={(event) => set({ numbers: event.target.checked })} />
            {t.tokens.numbers}
          </label>
        </>
      }
    >
      <p className={styles.sentence} data-testid="looks-sentence">
        {heads.length > 1
          ? t.tokens.fromMean(heads.map((h) => `H${h}`).join(' '), layer)
          : t.tokens.from(t.headName(layer, heads[0]!))}{' '}
        <TokenChip view={views[position]!} special={tokens[position]!.special} selected /> {t.tokens.looksAt}
        {top.length === 0 && <span>{row ? t.tokens.nothing : '…'}</span>}
        {top.map(({ key, weight: w }) => {
          const rgb = colorAt(edges, w)!
          return (
            <span key={key} className={styles.target}>
              <TokenChip
                view={views[key]!}
                special={tokens[key]!.special}
                fill={{ background: css(rgb), color: inkOn(rgb) }}
              />{' '}
              <b>{percent(w)}</b>
            </span>
          )
        })}
        {locked && !run.reads && run.position !== tokens.length - 1 && (
          <button type="button" className={styles.follow} onClick={follow}>
            {t.tokens.follow}
          </button>
        )}
      </p>
      {table && (
        <Numbers
          caption={t.tokens.table(views[position]!.label, position)}
          head={[t.table.token, t.tokens.looks, t.tokens.looked]}
          rows={tokens.map((_, p) => [
            `${p} ${views[p]!.label}`,
            p < width && weight(p) !== undefined ? run.value(weight(p)!) : '',
            p >= width && weight(p) !== undefined ? run.value(weight(p)!) : '',
          ])}
        />
      )}
      <div ref={box} hidden={table}>
        <TokenStrip
          tokens={tokens}
          selected={run.position}
          words={common.strip}
          fill={fill}
          lines={7}
          note={
            numbers
              ? (p) => {
                  const w = weight(p)
                  return w !== undefined && w >= 0.005 ? w.toFixed(2).replace(/^0/, '') : undefined
                }
              : undefined
          }
          title={(p) => {
            const w = weight(p)
            return w === undefined ? undefined : `${p}: ${run.value(w)}`
          }}
          onSelect={(p) => {
            run.pick(p)
            set({ key: null })
          }}
          onPreview={(p) => set({ hoverToken: p })}
        />
      </div>
      <div className={styles.legends}>
        <Legend scale={edges} label={t.tokens.looks} format={percent} />
        {run.sight.mask !== 'both' && <Legend scale={looked} label={t.tokens.looked} format={percent} />}
        {sink !== 'shown' && <span>{sink === 'renormalised' ? t.sink.label : t.tokens.sinkHidden}</span>}
      </div>
      {children}
    </Figure>
  )
}

/** Mean over heads, cell by cell. */
function mean(rows: readonly Float32Array[]): Float32Array {
  if (rows.length === 1) return rows[0]!
  return rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
}
