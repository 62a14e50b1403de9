// Who may see whom: causal, bidirectional, prefix and sliding-window masks, and any mask painted by hand, on the scores
// that the selected head really gave. An illustration, and it says so: a model that was trained under another mask
// would have learned other queries and keys.

import { useMemo, useRef, useState } from 'react'
import { useAsk } from '../../store/ask.ts'
import { lut, type ColorScale } from '../../ui/colors.ts'
import type { DrawList } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { hiddenPairs } from './hidden.ts'
import { exact } from './read.ts'
import { useRun } from './run.ts'
import { maskOf, softmaxUnder, type MaskKind } from './toy-mask.ts'
import styles from './ToyMask.module.css'

/** The first tokens of the text: from the very first, so that under the causal mask the weights are the model's own. */
const max = 16

export function ToyMask() {
  const { t } = useRun()
  const [open, setOpen] = useState(false)
  return (
    <details className={styles.fold} onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="toy-fold">
      <summary>
        <span className={styles.badge}>{t.toy.badge}</span>
        {t.toy.open}
      </summary>
      {open && <Toy />}
    </details>
  )
}

function Toy() {
  const { info, tokens, t, common, layer, head, name, value, format } = useRun()
  const scheme = useScheme()
  const n = Math.min(max, tokens.length)
  const [kind, setKind] = useState<MaskKind>('causal')
  const [prefix, setPrefix] = useState(6)
  const [window, setWindow] = useState(4)
  const [own, setOwn] = useState<Uint8Array | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const drawing = useRef<(() => DrawList) | null>(null)
  /** what the brush does until it is lifted */
  const brush = useRef(1)
  const readable = info.source === 'live' && info.kept === 0
  const scores = useAsk(readable ? `toy ${layer} ${head} ${n}` : null, async (glass) => {
    const span = { from: 0, to: n }
    const values = await exact(glass, layer, [head], [0, n], [0, n], 'scores')
    return hiddenPairs(glass, info, layer, head, { rows: span, cols: span, height: n, width: n, values })
  })
  const mask = useMemo(
    () =>
      kind === 'own' && own?.length === n * n ? own : maskOf(kind === 'own' ? 'causal' : kind, n, { prefix, window }),
    [kind, own, n, prefix, window],
  )
  const real = scores.data?.values.length === n * n ? scores.data.values : null
  const weights = useMemo(
    () => (real ? softmaxUnder(real, mask, n) : Float32Array.from(mask, (v) => (v ? 1 : NaN))),
    [real, mask, n],
  )
  const tile: HeatTile = useMemo(
    () => ({ rows: { from: 0, to: n }, cols: { from: 0, to: n }, height: n, width: n, values: weights }),
    [n, weights],
  )
  const scale: ColorScale = useMemo(
    () => ({
      lut: lut(real ? 'attention' : 'grey', scheme),
      min: 0,
      max: real ? 1 : 2,
      curve: real ? 'sqrt' : 'linear',
      floor: 0.03,
    }),
    [real, scheme],
  )
  const paint = ({ row, col }: { row: number; col: number }, first: boolean): void => {
    if (first) brush.current = mask[row * n + col] ? 0 : 1
    if (mask[row * n + col] === brush.current) return
    const next = mask.slice()
    next[row * n + col] = brush.current
    setOwn(next)
    setKind('own')
  }
  const seen = mask.reduce((sum, v) => sum + v, 0)
  const slider = (label: string, at: number, change: (v: number) => void) => (
    <label className={styles.slider}>
      {label}
      <input
        type="range"
        min={1}
        max={n}
        value={Math.min(at, n)}
        onChange={(event) => change(event.target.valueAsNumber)}
      />
      <output>{Math.min(at, n)}</output>
    </label>
  )
  return (
    <Figure
      title={
        <>
          <span className={styles.badge}>{t.toy.badge}</span>
          {readable ? t.toy.title(t.headName(layer, head)) : t.toy.plain}
        </>
      }
      words={common.figure}
      source={info.source}
      testId="figure-toy"
      caption={readable ? t.toy.caption : t.toy.noScores}
      files={{
        name: `mask-illustration-${kind}`,
        drawing: () => drawing.current!(),
        numbers: () => ({
          illustration: true,
          model: info.model,
          layer,
          head,
          mask: kind,
          tokens: tokens.slice(0, n).map((x) => x.text),
          sees: [...mask],
          scores: real,
          weights: real && weights,
        }),
        array: () => ({ shape: [n, n], data: weights.slice() }),
      }}
    >
      <div className={styles.tools}>
        <Segmented<MaskKind>
          label={t.toy.kind}
          value={kind}
          onChange={setKind}
          testId="toy-kind"
          options={(['causal', 'bidirectional', 'prefix', 'window', 'own'] as const).map((k) => ({
            value: k,
            text: t.toy.kinds[k].name,
            hint: t.toy.kinds[k].what,
            disabled: k === 'own' && own === null,
          }))}
        />
        {kind === 'prefix' && slider(t.toy.prefix, prefix, setPrefix)}
        {kind === 'window' && slider(t.toy.window, window, setWindow)}
      </div>
      <div className={styles.columns}>
        <Heatmap
          rows={n}
          cols={n}
          tile={tile}
          scale={scale}
          words={{ ...common.heatmap, keys: t.toy.keys }}
          label={t.toy.label}
          testId="toy"
          drawing={drawing}
          rowLabel={name}
          colLabel={name}
          rowTitle={t.matrix.rows}
          colTitle={t.matrix.cols}
          format={value}
          onHover={setHover}
          onBrush={paint}
        />
        <div className={styles.words}>
          <p data-testid="toy-what">{t.toy.kinds[kind].what}</p>
          <p>{t.toy.count(seen, n * n)}</p>
          <p className={styles.read} data-testid="toy-cell">
            {hover ? (
              <>
                <code>{name(hover.row)}</code> → <code>{name(hover.col)}</code>{' '}
                <b>{mask[hover.row * n + hover.col] ? (real ? value(hover.value) : t.toy.sees) : t.toy.hidden}</b>
              </>
            ) : (
              t.toy.hover
            )}
          </p>
          {real ? (
            <Legend scale={scale} label={t.matrix.weight} format={(v) => format.short(v)} absent={t.toy.hidden} />
          ) : null}
        </div>
      </div>
    </Figure>
  )
}
