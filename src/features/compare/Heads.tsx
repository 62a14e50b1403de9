// One head's attention over the text that both have read: A, B, and A − B.

import { useMemo, useRef, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { compareWords } from '../../i18n/panels/compare.ts'
import { glass } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { both, isHeads, minus, type Difference, type Heads as Maps } from '../../store/compare/index.ts'
import { lut, signedScale } from '../../ui/colors.ts'
import type { DrawList } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Panel.module.css'

type Shown = 'a' | 'b' | 'difference'
interface Props {
  difference: Difference
  layer: number
  onLayer: (layer: number) => void
}

export function Heads({ difference, layer, onLayer }: Props) {
  const t = usePanelText(compareWords)
  const explain = useExplain()
  const { a, b } = difference
  if (isHeads(a) && isHeads(b)) return <Picture a={a} b={b} difference={difference} layer={layer} onLayer={onLayer} />
  return both.map((side) => {
    const own = difference[side]
    if (isHeads(own)) return null
    return (
      <p key={side} className={styles.soft}>
        {own.why === 'long' ? t.heads.long(own.longest) : `${t.heads.absent(t.side[side])} ${explain(own.error).text}`}
      </p>
    )
  })
}

function Picture({ a, b, difference, layer: wanted, onLayer }: Props & { a: Maps; b: Maps }) {
  const { heads: t } = usePanelText(compareWords)
  const common = usePanelText(glass)
  const format = useFormats()
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [shown, setShown] = useState<Shown>('difference')
  const [wish, setHead] = useState(0)
  const [at, setAt] = useState<HeatCell | null>(null)
  const layers = Math.min(a.layers, b.layers),
    heads = Math.min(a.heads, b.heads)
  const kept = [...new Set([...a.maps.keys()].map((key) => Math.floor(key / a.heads)))]
  const layer = kept.includes(wanted) ? wanted : kept[0]!
  const head = Math.min(wish, heads - 1)
  const [one, other] = [a.maps.get(layer * a.heads + head), b.maps.get(layer * b.heads + head)]
  const values = useMemo(
    () => (!one || !other ? null : shown === 'a' ? one : shown === 'b' ? other : minus(one, other)),
    [one, other, shown],
  )
  const signed = shown === 'difference'
  const most = useMemo(
    () => (values ?? new Float32Array()).reduce((max, value) => (Math.abs(value) > max ? Math.abs(value) : max), 1e-6),
    [values],
  )
  const scale = signed
    ? signedScale(most, scheme)
    : ({ lut: lut('attention', scheme), min: 0, max: 1, curve: 'sqrt' } as const)
  const { length } = a
  const name = `L${layer} H${head}`
  const label = (i: number): string => tokenLabel(difference.tokens[i]?.text ?? '')
  const say = (value: number): string =>
    signed && value !== 0 ? `${value > 0 ? '+' : '−'}${format.share(Math.abs(value))}` : format.share(value)
  const pick = (count: number) => Array.from({ length: count }, (_, i) => i)
  return (
    <Figure
      title={t.title(name)}
      words={common.figure}
      source="live"
      testId="figure-compare-heads"
      className={styles.figure}
      caption={t.caption}
      tools={
        <Segmented<Shown>
          label={t.which}
          value={shown}
          onChange={setShown}
          testId="compare-shown"
          options={(['a', 'b', 'difference'] as const).map((value) => ({ value, text: t.show[value] }))}
        />
      }
      files={{
        name: `compare-attention-${layer}-${head}`,
        drawing: () => drawing.current!(),
        numbers: () => ({ layer, head, shown, length, values }),
      }}
    >
      <div className={styles.row}>
        <label>
          {t.layer}{' '}
          <select value={wanted} onChange={(event) => onLayer(Number(event.target.value))} data-testid="compare-layer">
            {pick(layers).map((i) => (
              <option key={i}>{i}</option>
            ))}
          </select>
        </label>
        <label>
          {t.head}{' '}
          <select value={head} onChange={(event) => setHead(Number(event.target.value))} data-testid="compare-head">
            {pick(heads).map((i) => (
              <option key={i}>{i}</option>
            ))}
          </select>
        </label>
        {kept.length === 1 && layers > 1 && <span className={styles.soft}>{t.kept(layer)}</span>}
      </div>
      {values ? (
        <div data-testid="compare-map" data-most={most} data-shown={shown}>
          <Heatmap
            rows={length}
            cols={length}
            tile={{
              rows: { from: 0, to: length },
              cols: { from: 0, to: length },
              height: length,
              width: length,
              values,
            }}
            scale={scale}
            words={common.heatmap}
            label={t.label(name)}
            drawing={drawing}
            rowLabel={label}
            colLabel={label}
            rowTitle={t.rows}
            colTitle={t.cols}
            format={say}
            onHover={setAt}
          />
        </div>
      ) : (
        <p>{t.shape}</p>
      )}
      <p className={styles.soft}>
        {!at ? (
          t.hover
        ) : (
          <>
            <code>
              <bdi>{label(at.row)}</bdi> → <bdi>{label(at.col)}</bdi>
            </code>{' '}
            <b>{Number.isNaN(at.value) ? t.none : say(at.value)}</b>
          </>
        )}
      </p>
      <p>
        <Legend scale={scale} label={t.show[shown]} format={say} absent={t.none} />
      </p>
    </Figure>
  )
}
