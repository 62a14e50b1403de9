// Attention: a map of how much each head's attention moves, and one head close up, with minus without.

import { useMemo, useRef, useState, type ReactNode } from 'react'
import { useAsk } from '../../../store/ask.ts'
import { lut, signedScale, type ColorScale } from '../../../ui/colors.ts'
import type { DrawList } from '../../../ui/export.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile } from '../../../ui/Heatmap.tsx'
import { Legend } from '../../../ui/Legend.tsx'
import { Segmented } from '../../../ui/Segmented.tsx'
import { useExplain } from '../../../i18n/index.tsx'
import { useScheme } from '../../../ui/useScheme.ts'
import styles from './Changes.module.css'
import { largest, mostMoved, whole, type HeadPick } from './read.ts'
import { left, useCompared } from './run.ts'

/** Most cells on a side of the picture. */
const side = 512

/** @param ready the comparison is of the present run: until then nothing more is asked */
export function Heads({ ready }: { ready: boolean }) {
  const { t, change } = useCompared()
  const [branch, setBranch] = useState<'attn' | 'cross'>('attn')
  const [picked, setPicked] = useState<HeadPick | null>(null)
  const why = change.absent.find(({ view }) => view === 'heads')?.reason
  const shown = change.heads.find((one) => one.branch === branch) ?? change.heads[0]
  if (!shown) return <p className={styles.soft}>{why === 'lead' ? t.heads.absent.lead : t.heads.absent.recurrent}</p>
  const layers = Math.max(...change.residual.map(({ layer }) => layer)) + 1
  const count = shown.values.length / layers
  const fits = picked && !Number.isNaN(shown.values[picked.layer * count + picked.head])
  const head = fits ? picked : mostMoved(shown.values, count)
  return (
    <div className={styles.pair}>
      <Map
        values={shown.values}
        layers={layers}
        heads={count}
        picked={head}
        onPick={setPicked}
        tools={
          change.heads.length > 1 && (
            <Segmented<'attn' | 'cross'>
              label={t.heads.branch.label}
              value={shown.branch}
              onChange={setBranch}
              options={change.heads.map(({ branch: value }) => ({ value, text: t.heads.branch[value] }))}
            />
          )
        }
      />
      <Picture ready={ready} branch={shown.branch} {...head} />
    </div>
  )
}

interface MapProps {
  values: Float32Array
  layers: number
  heads: number
  picked: HeadPick
  onPick: (head: HeadPick) => void
  tools: ReactNode
}

function Map({ values, layers, heads, picked, onPick, tools }: MapProps) {
  const { t: all, common, format } = useCompared()
  const t = all.heads
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [at, setAt] = useState<HeatCell | null>(null)
  const tile = useMemo(() => whole(layers, heads, values), [layers, heads, values])
  const scale: ColorScale = {
    lut: lut('attention', scheme),
    min: 0,
    max: largest(
      values.filter((v) => !Number.isNaN(v)),
      1e-6,
    ),
    curve: 'sqrt',
  }
  const here = at ?? { row: picked.layer, col: picked.head, value: values[picked.layer * heads + picked.head]! }
  return (
    <Figure
      title={t.title}
      words={common.figure}
      source="live"
      testId="figure-change-heads"
      caption={t.caption}
      tools={tools}
      files={{ name: 'adapter-heads', drawing: () => drawing.current!(), numbers: () => ({ layers, heads, values }) }}
    >
      <Heatmap
        rows={layers}
        cols={heads}
        tile={tile}
        scale={scale}
        words={common.heatmap}
        label={t.label}
        testId="change-head-map"
        drawing={drawing}
        rowLabel={(row) => `L${row}`}
        colLabel={(col) => `H${col}`}
        rowTitle={all.lens.layer}
        colTitle={t.head}
        format={(value) => format.share(value)}
        locked={{ row: picked.layer, col: picked.head }}
        onHover={setAt}
        onLock={({ row, col }) => onPick({ layer: row, head: col })}
        aspect={Math.min(2, Math.max(0.7, heads / layers))}
      />
      <p className={styles.read}>
        <code>{t.name(here.row, here.col)}</code>{' '}
        <b>{Number.isNaN(here.value) ? all.picture.absent : format.share(here.value)}</b>
      </p>
      <p className={styles.legend}>
        <Legend scale={scale} label={t.legend} format={(v) => format.share(v)} />
      </p>
    </Figure>
  )
}

function Picture({ ready, layer, head, branch }: HeadPick & { ready: boolean; branch: 'attn' | 'cross' }) {
  const { t: all, common, format, change, views, without, key } = useCompared()
  const t = all.picture
  const explain = useExplain()
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [at, setAt] = useState<HeatCell | null>(null)
  const own = change.residual.find((row) => row.layer === layer)
  const query = own?.side ?? 'text',
    looked = branch === 'cross' ? 'source' : query
  const rows: [number, number] = [change[query].length - (own?.values.length ?? 0), change[query].length]
  const cols: [number, number] = [0, change[looked].length]
  const asked = useAsk<HeatTile>(ready ? `picture ${branch} ${layer} ${head} ${key}` : null, async (from) => {
    const tile = await from.adapterAttention({
      ...left(without),
      layer,
      branch,
      head,
      rows,
      cols,
      maxRows: side,
      maxCols: side,
    })
    return {
      rows: { from: rows[0], to: rows[1] },
      cols: { from: cols[0], to: cols[1] },
      height: tile.rows,
      width: tile.cols,
      pool: tile.pool,
      values: tile.values,
    }
  })
  const tile = asked.data
  const scale = signedScale(
    tile
      ? largest(
          tile.values.filter((v) => !Number.isNaN(v)),
          1e-4,
        )
      : 1,
    scheme,
  )
  const points = (value: number): string => {
    // what is smaller differs by where a text was cut while it was read, not by an adapter
    const moved = Math.abs(value) < 1e-5 ? 0 : Number((value * 100).toPrecision(2))
    return t.points(moved > 0 ? `+${format.short(moved)}` : format.short(moved))
  }
  const name = all.heads.name(layer, head)
  // hatched is what no token looks at: what has not come yet is plain ground
  const complete = tile !== null && tile.rows.to === rows[1] && tile.cols.to === cols[1]
  const nameIn = (text: 'text' | 'source') => (i: number) => views[text][i]?.label ?? String(i)
  return (
    <Figure
      title={t.title(name)}
      words={common.figure}
      source="live"
      testId="figure-change-picture"
      caption={
        <>
          {t.caption} {tile?.pool && Math.max(...tile.pool) > 1 && t.pooled(...tile.pool)}
        </>
      }
      files={{
        name: `adapter-attention-${layer}-${head}`,
        drawing: () => drawing.current!(),
        numbers: () => ({ layer, head, branch, tile }),
      }}
    >
      {asked.error && asked.error.code !== 'BUSY' && <p role="alert">{explain(asked.error).text}</p>}
      <div data-testid="change-picture" data-ready={asked.fresh && tile !== null} data-layer={layer} data-head={head}>
        <Heatmap
          hatch={complete}
          rows={change[query].length}
          cols={change[looked].length}
          tile={tile}
          scale={scale}
          words={common.heatmap}
          label={t.label(name)}
          testId="change-attention-map"
          drawing={drawing}
          rowLabel={nameIn(query)}
          colLabel={nameIn(looked)}
          rowTitle={t.rows}
          colTitle={t.cols}
          format={points}
          onHover={setAt}
        />
      </div>
      <p className={styles.read} data-testid="change-picture-cell">
        {!complete ? (
          common.wait.opening
        ) : !at ? (
          all.norms.hover
        ) : (
          <>
            <code>
              <bdi>{nameIn(query)(at.row)}</bdi> → <bdi>{nameIn(looked)(at.col)}</bdi>
            </code>{' '}
            <b>{at.known && Number.isNaN(at.value) ? t.absent : points(at.value)}</b>
          </>
        )}
      </p>
      <p className={styles.legend}>
        <Legend scale={scale} label={t.legend} format={points} absent={t.absent} />
      </p>
    </Figure>
  )
}
