// How far each adapter moves the model's matrices: a map of layers and modules, and a list of what stands in neither.

import { useMemo, useRef, useState } from 'react'
import { useFormats } from '../../../i18n/index.tsx'
import { adapterChanges } from '../../../i18n/panels/adapter-changes.ts'
import { glass } from '../../../i18n/panels/glass.ts'
import { usePanelText } from '../../../i18n/panels/index.ts'
import { useAsk } from '../../../store/ask.ts'
import { useInspect, type AdapterNorms, type ModuleNorm } from '../../../store/inspect.ts'
import { lut, type ColorScale } from '../../../ui/colors.ts'
import type { DrawList } from '../../../ui/export.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { Heatmap, type HeatCell } from '../../../ui/Heatmap.tsx'
import { Legend } from '../../../ui/Legend.tsx'
import { Segmented } from '../../../ui/Segmented.tsx'
import { useScheme } from '../../../ui/useScheme.ts'
import styles from './Changes.module.css'
import { largest, normGrid, shareOf, shortNames } from './read.ts'
import { useNameOf } from './run.ts'

export function Norms({ strengths }: { strengths: string }) {
  const t = usePanelText(adapterChanges).norms
  const { opening } = usePanelText(glass).wait
  const open = useInspect((s) => s.glass !== null)
  const { data, fresh, error } = useAsk(`norms ${strengths}`, (from) => from.adapterNorms())
  const nameOf = useNameOf()
  const [wanted, setWanted] = useState<string | null>(null)
  if (!data) {
    return error !== null || !open ? null : (
      <p className={styles.later} aria-busy="true">
        {opening}
      </p>
    )
  }
  if (data.length === 0) return null
  const shown = data.find(({ adapter }) => adapter === wanted) ?? data[0]!
  return (
    <div className={styles.part} data-testid="adapter-norms" data-ready={fresh}>
      {data.length > 1 && (
        <Segmented
          label={t.adapter}
          value={shown.adapter}
          onChange={setWanted}
          options={data.map(({ adapter }) => ({ value: adapter, text: nameOf(adapter) }))}
        />
      )}
      {shown.why === null ? <Grid norms={shown} /> : <p className={styles.soft}>{t.why[shown.why]}</p>}
    </div>
  )
}

function Grid({ norms }: { norms: AdapterNorms }) {
  const { norms: t } = usePanelText(adapterChanges),
    common = usePanelText(glass)
  const format = useFormats()
  const scheme = useScheme()
  const name = useNameOf()(norms.adapter)
  const drawing = useRef<(() => DrawList) | null>(null)
  const [at, setAt] = useState<HeatCell | null>(null)
  const { layers, names, tile, cells, others } = useMemo(() => normGrid(norms), [norms])
  const scale: ColorScale = {
    lut: lut('heat', scheme),
    min: 0,
    max: largest(tile.values, 1e-6),
    curve: 'sqrt',
    floor: 0.04,
  }
  const short = useMemo(() => shortNames(names), [names])
  const headroom = 26 + 6.3 * Math.min(16, Math.max(0, ...short.map((text) => text.length)))
  const one = at && cells[at.row * names.length + at.col]
  const numbers = (norm: ModuleNorm): string =>
    norm.delta === null
      ? t.noMatrix
      : t.numbers(format.share(shareOf(norm)), format.short(norm.delta), format.short(norm.base ?? 0))
  return (
    <Figure
      title={t.title}
      words={common.figure}
      source="live"
      testId="figure-norms"
      caption={t.caption}
      files={{
        name: `adapter-norms-${name}`,
        of: name,
        numbers: () => norms,
        ...(layers.length > 0 && { drawing: () => drawing.current!() }),
      }}
    >
      {norms.strength === 0 && <p className={styles.soft}>{t.off}</p>}
      {layers.length > 0 && (
        <>
          <div className={styles.map} style={{ ['--across' as string]: names.length }}>
            <Heatmap
              rows={layers.length}
              cols={names.length}
              tile={tile}
              scale={scale}
              words={common.heatmap}
              label={t.label(name)}
              testId="norm-map"
              drawing={drawing}
              rowLabel={(row) => `L${layers[row]}`}
              colLabel={(col) => short[col]!}
              headroom={headroom}
              rowTitle={t.layer}
              colTitle={t.module}
              format={(value) => (Number.isNaN(value) ? t.none : format.share(value))}
              onHover={setAt}
              aspect={Math.min(5, Math.max(0.7, Math.max(names.length * 88, 330) / (layers.length * 26)))}
            />
          </div>
          <p className={styles.read} data-testid="norm-cell">
            {at ? (
              <>
                <code>
                  L{layers[at.row]} {names[at.col]}
                </code>{' '}
                <b>{one ? numbers(one) : t.none}</b>
              </>
            ) : (
              t.hover
            )}
          </p>
          {largest(tile.values) > 0 && (
            <p className={styles.legend}>
              <Legend scale={scale} label={t.legend} format={(v) => format.share(v)} absent={t.none} />
            </p>
          )}
        </>
      )}
      {others.length > 0 && (
        <details className={styles.others} open={layers.length === 0 || others.length <= 6}>
          <summary>{t.others}</summary>
          <div className={styles.scroll} role="region" aria-label={t.others} tabIndex={0}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t.module}</th>
                  <th scope="col">‖ΔW‖</th>
                  <th scope="col">‖W‖</th>
                  <th scope="col">{t.share}</th>
                </tr>
              </thead>
              <tbody>
                {others.map((norm) => (
                  <tr key={norm.module}>
                    <th scope="row">
                      <code>{norm.module}</code>
                    </th>
                    {norm.delta === null ? (
                      <td colSpan={3}>{t.noMatrix}</td>
                    ) : (
                      <>
                        <td>{format.short(norm.delta)}</td>
                        <td>{format.short(norm.base ?? 0)}</td>
                        <td>{norm.base ? format.share(shareOf(norm)) : '–'}</td>
                      </>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Figure>
  )
}
