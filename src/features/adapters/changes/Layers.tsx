// Layer by layer: what each residual would say without and with, and how far it moves, by token.

import { useMemo, useRef, useState } from 'react'
import { useAsk } from '../../../store/ask.ts'
import type { LensChange } from '../../../store/inspect.ts'
import { lut, type ColorScale } from '../../../ui/colors.ts'
import type { DrawList } from '../../../ui/export.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { Heatmap, type HeatCell } from '../../../ui/Heatmap.tsx'
import { Legend } from '../../../ui/Legend.tsx'
import { Segmented } from '../../../ui/Segmented.tsx'
import { tokenLabel } from '../../../ui/tokens.ts'
import { useScheme } from '../../../ui/useScheme.ts'
import styles from './Changes.module.css'
import { largest, residualGrid } from './read.ts'
import { left, useCompared } from './run.ts'

/** @param ready the comparison is of the present run: until then nothing more is asked */
export function Layers({ ready }: { ready: boolean }) {
  const { change, position, without, key } = useCompared()
  const lens = useAsk(ready && change.tokens ? `lens ${position} ${key}` : null, (from) =>
    from.adapterLens({ ...left(without), position, topK: 1 }),
  )
  return (
    <div className={styles.pair}>
      <Residual />
      {change.tokens && !lens.error && <Lens rows={lens.data} fresh={lens.fresh} />}
    </div>
  )
}

/** @param rows null until they are read: their places are kept */
function Lens({ rows: read, fresh }: { rows: readonly LensChange[] | null; fresh: boolean }) {
  const { t: all, common, format, change, views, position } = useCompared()
  const rows =
    read ?? change.residual.filter(({ side }) => side === 'text').map(({ layer }) => ({ layer, with: [], without: [] }))
  const t = all.lens
  const name = (layer: number): string => (layer < 0 ? t.embedding : `L${layer}`)
  const said = ([best]: LensChange['with']) =>
    best ? (
      <>
        <bdi>
          <code>{tokenLabel(best.text)}</code>
        </bdi>{' '}
        <small>{format.share(Math.exp(best.logprob))}</small>
      </>
    ) : (
      '…'
    )
  return (
    <Figure
      title={t.title}
      words={common.figure}
      source="live"
      testId="figure-change-lens"
      caption={<bdi>{t.caption(views.text[position]?.label ?? '')}</bdi>}
      files={{ name: 'adapter-lens', numbers: () => ({ position, layers: read ?? [] }) }}
    >
      <div className={styles.scroll} role="region" aria-label={t.title} tabIndex={0}>
        <table className={styles.table} data-testid="change-lens" data-ready={fresh} data-position={position}>
          <thead>
            <tr>
              <th scope="col" className={styles.short}>
                {t.layer}
              </th>
              <th scope="col">{all.tokens.without}</th>
              <th scope="col">{all.tokens.with}</th>
              <th scope="col">
                <span className="visually-hidden">{t.differs}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const differs = row.with[0]?.id !== row.without[0]?.id
              return (
                <tr key={row.layer} data-differs={differs}>
                  <th scope="row" className={styles.short}>
                    {name(row.layer)}
                  </th>
                  <td>{said(row.without)}</td>
                  <td>{said(row.with)}</td>
                  <td className={styles.mark}>
                    {differs ? t.differs : <span className="visually-hidden">{t.same}</span>}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Figure>
  )
}

function Residual() {
  const { t: all, common, format, change, views, position, choose } = useCompared()
  const t = all.residual
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [side, setSide] = useState<'text' | 'source'>('text')
  const [at, setAt] = useState<HeatCell | null>(null)
  const { layers, tile, from } = useMemo(() => residualGrid(change, side), [change, side])
  const scale: ColorScale = { lut: lut('accent', scheme), min: 0, max: largest(tile.values, 1e-6), curve: 'sqrt' }
  const layer = (row: number): string => (layers[row]! < 0 ? all.lens.embedding : `L${layers[row]}`)
  const column = side === 'text' ? position - from : 0
  const last = layers.length - 1
  const here = at ?? { row: last, col: column, value: tile.values[last * tile.width + column] ?? 0 }
  const name = (col: number): string => views[side][from + col]?.label ?? ''
  return (
    <Figure
      title={t.title}
      words={common.figure}
      source="live"
      testId="figure-change-residual"
      caption={t.caption}
      files={{ name: 'adapter-residual', drawing: () => drawing.current!(), numbers: () => change.residual }}
      tools={
        change.source.length > 0 && (
          <Segmented<'text' | 'source'>
            label={t.side.label}
            value={side}
            onChange={setSide}
            options={[
              { value: 'text', text: t.side.text },
              { value: 'source', text: t.side.source },
            ]}
          />
        )
      }
    >
      <Heatmap
        rows={layers.length}
        cols={tile.width}
        tile={tile}
        scale={scale}
        words={common.heatmap}
        label={t.label}
        testId="residual-map"
        drawing={drawing}
        rowLabel={layer}
        colLabel={name}
        rowTitle={all.lens.layer}
        colTitle={t.token}
        format={(value) => format.share(value)}
        onHover={setAt}
        onLock={({ col }) => side === 'text' && choose(from + col)}
        locked={side === 'text' && position >= from ? { row: layers.length - 1, col: position - from } : null}
        aspect={Math.min(2.5, Math.max(0.8, tile.width / Math.max(1, layers.length)))}
      />
      <p className={styles.read}>
        <code>
          {layer(here.row)} <bdi>{name(here.col)}</bdi>
        </code>{' '}
        <b>{format.share(here.value)}</b>
      </p>
      <p className={styles.legend}>
        <Legend scale={scale} label={t.legend} format={(v) => format.share(v)} />
      </p>
    </Figure>
  )
}
