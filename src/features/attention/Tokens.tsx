// The text itself: orange where the selected token looks, grey on the tokens that look back at it.

import { useInspect } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import { colorAt, css, inkOn, lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { exact } from './read.ts'
import { useRun } from './run.ts'
import { strongest } from './scores.ts'
import styles from './Tokens.module.css'
import { useView } from './view.ts'

/** @param rows per layer (heads, position + 1): every head's look back from `position` */
export function Tokens({ rows, position, children }: { rows: readonly (Float32Array | null)[]; position: number; children: React.ReactNode }) {
  const run = useRun()
  const { info, tokens, t, common, views, percent } = run
  const { hoverHead, numbers, sink, set } = useView()
  const { select, selection, locked, follow } = useInspect()
  const scheme = useScheme()
  const { layer, head } = hoverHead ?? run
  const all = rows[layer]
  const width = position + 1
  const row = all && all.length === info.heads * width ? all.subarray(head * width, (head + 1) * width) : null
  // who looks back: one column of the same head
  const column = useAsk(row !== null && position + 1 < tokens.length ? `column ${layer} ${head} ${position}` : null,
    (glass) => exact(glass, layer, [head], [Math.max(position + 1, info.kept), tokens.length], [position, position + 1]))
  const back = column.fresh ? column.data : null
  const backFrom = Math.max(position + 1, info.kept)

  const looks: ColorScale = { lut: lut('heat', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.04 }
  const looked: ColorScale = { lut: lut('grey', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
  const weight = (p: number): number | undefined => (p <= position ? (p === 0 && !sink ? undefined : row?.[p]) : back?.[p - backFrom])
  const fill = (p: number) => {
    const w = weight(p)
    if (w === undefined || !(w > 0.004)) return undefined
    const rgb = colorAt(p <= position ? looks : looked, w)!
    return { background: css(rgb), color: inkOn(rgb) }
  }
  const top = row ? strongest(row, 0.9, !sink, 5) : []
  return (
    <Figure title={t.tokens.title} words={common.figure} source={info.source} testId="figure-tokens"
      files={{
        name: `attention-row-${layer}-${head}-${position}`,
        numbers: () => ({ model: info.model, layer, head, query: position, tokens: tokens.map((token) => token.text), looksAt: row, lookedAtBy: { from: backFrom, weights: back } }),
        array: () => ({ shape: [width], data: row ? row.slice() : new Float32Array(width) }),
      }}
      tools={<label className={styles.check}><input type="checkbox" checked={numbers} onChange={(event) => set({ numbers: event.target.checked })} />{t.tokens.numbers}</label>}>
      <p className={styles.sentence} data-testid="looks-sentence">
        {t.tokens.from(t.headName(layer, head))} <TokenChip view={views[position]!} special={tokens[position]!.special} selected /> {t.tokens.looksAt}
        {top.length === 0 && <span>{row ? t.tokens.nothing : '…'}</span>}
        {top.map(({ key, weight: w }) => {
          const rgb = colorAt(looks, w)!
          return <span key={key} className={styles.target}><TokenChip view={views[key]!} special={tokens[key]!.special} fill={{ background: css(rgb), color: inkOn(rgb) }} /> <b>{percent(w)}</b></span>
        })}
        {locked && selection.position !== tokens.length - 1 && <button type="button" className={styles.follow} onClick={follow}>{t.tokens.follow}</button>}
      </p>
      <TokenStrip tokens={tokens} selected={selection.position} words={common.strip} fill={fill} lines={7}
        note={numbers ? (p) => { const w = weight(p); return w !== undefined && w >= 0.005 ? w.toFixed(2).replace(/^0/, '') : undefined } : undefined}
        title={(p) => { const w = weight(p); return w === undefined ? undefined : `${p}: ${run.value(w)}` }}
        onSelect={(p) => { select({ position: p }); set({ key: null }) }} onPreview={(p) => set({ hoverToken: p })} />
      <div className={styles.legends}>
        <Legend scale={looks} label={t.tokens.looks} format={percent} />
        <Legend scale={looked} label={t.tokens.looked} format={percent} />
        {!sink && <span>{t.tokens.sinkHidden}</span>}
      </div>
      {children}
    </Figure>
  )
}
