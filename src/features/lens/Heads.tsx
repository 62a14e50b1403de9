// Direct logit attribution by head: layers upward as on every panel, heads across, blue for, orange against.

import { useMemo, useRef, useState } from 'react'
import { useInspect, type Contributions } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { extent, signedScale } from '../../ui/colors.ts'
import type { DrawList } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Heads.module.css'
import { firstLayer } from './read.ts'
import { useRun } from './run.ts'

export function Heads({ parts, text }: { parts: Contributions; text: string }) {
  const { info, t, common, position, format } = useRun()
  const { selection, select } = useInspect()
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const { layers: all, heads } = info
  /** an encoder's layers are no part of this residual */
  const first = firstLayer(info),
    layers = all - first
  /** rows of the picture from the top: the last layer first */
  const layerOf = (row: number): number => all - 1 - row
  const tile: HeatTile = useMemo(() => {
    const values = new Float32Array(layers * heads)
    for (let l = 0; l < layers; l++) {
      values.set(parts.heads.subarray((first + l) * heads, (first + l + 1) * heads), (layers - 1 - l) * heads)
    }
    return { rows: { from: 0, to: layers }, cols: { from: 0, to: heads }, height: layers, width: heads, values }
  }, [parts, first, layers, heads])
  const scale = useMemo(
    () => signedScale(Math.max(1e-3, ...extent(parts.heads).map(Math.abs)), scheme),
    [parts, scheme],
  )
  const best = useMemo(
    () =>
      Array.from(parts.heads, (v, i) => ({ layer: Math.floor(i / heads), head: i % heads, v }))
        .sort((a, b) => Math.abs(b.v) - Math.abs(a.v))
        .slice(0, 4),
    [parts, heads],
  )
  const value = (v: number) => `${v < 0 ? '−' : '+'}${Math.abs(v).toFixed(3)}`
  const shown = hover
    ? { layer: layerOf(hover.row), head: hover.col }
    : { layer: Math.max(first, selection.layer), head: selection.head }
  const push = parts.heads[shown.layer * heads + shown.head] ?? NaN
  return (
    <Figure
      title={t.heads.title}
      words={common.figure}
      source={info.source}
      caption={t.heads.caption}
      testId="lens-heads"
      files={{
        name: `lens-heads-${position}-${parts.target}`,
        of: common.strip.token(position),
        drawing: () => drawing.current!(),
        numbers: () => ({
          model: info.model,
          position,
          target: parts.target,
          text,
          shape: [all, heads],
          heads: parts.heads,
        }),
        array: () => ({ shape: [all, heads], data: parts.heads.slice() }),
      }}
    >
      <Heatmap
        rows={layers}
        cols={heads}
        tile={tile}
        scale={scale}
        words={common.heatmap}
        label={t.heads.label}
        testId="lens-heads-map"
        drawing={drawing}
        aspect={Math.max(0.9, Math.min(3, (heads / layers) * 1.25))}
        rowLabel={(row) => `L${layerOf(row)}`}
        colLabel={(h) => `H${h}`}
        rowTitle={t.heads.layers}
        colTitle={t.heads.head}
        format={value}
        locked={{ row: layerOf(Math.max(first, selection.layer)), col: selection.head }}
        onHover={setHover}
        onLock={({ row, col }) => select({ layer: layerOf(row), head: col })}
      />
      <p className={styles.line} data-testid="lens-head" data-value={push}>
        <strong>
          L{shown.layer} · H{shown.head}
        </strong>{' '}
        <output>{value(push)}</output>
        <Button
          variant="quiet"
          icon="attention"
          data-live
          onClick={() => {
            location.hash = '#/attention'
          }}
        >
          {t.heads.open}
        </Button>
      </p>
      <p className={styles.line}>
        <span>{t.heads.best}</span>
        {best.map(({ layer, head, v }) => (
          <button
            key={`${layer} ${head}`}
            type="button"
            className={styles.best}
            onClick={() => select({ layer, head })}
          >
            L{layer} · H{head} <output>{value(v)}</output>
          </button>
        ))}
      </p>
      <Legend scale={scale} label={t.heads.scale} format={(v) => format.short(Number(v.toPrecision(2)))} />
    </Figure>
  )
}
