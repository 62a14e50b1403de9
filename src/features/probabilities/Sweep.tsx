// The chance of the best five tokens while the temperature goes from 0 to 5. Every point is the engine's answer over
// the whole vocabulary at that temperature.

import { useEffect, useRef, useState } from 'react'
import { useAsk } from '../../store/ask.ts'
import type { SamplingParams, SamplingView } from '../../store/index.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import { drawSweep } from './draw.ts'
import styles from './Sweep.module.css'
import { keyOf } from './pipeline.ts'
import { useRun, useSettled } from './run.ts'
import { plain, useSettings } from './settings.ts'

const points = 21
const best = 5
/** More steps where the curves bend. */
const temperatures = Array.from({ length: points }, (_, i) => Math.round(500 * (i / (points - 1)) ** 2) / 100)

export function Sweep({ view, params }: { view: SamplingView; params: SamplingParams }) {
  const run = useRun()
  const { t, common, info, percent, position } = run
  const { sweepAll, set } = useSettings()
  const scheme = useScheme()
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const through = sweepAll ? params : { ...params, ...plain }
  const asked = useSettled(keyOf({ ...through, temperature: 1, seed: 0 }))
  const { data, fresh } = useAsk(`sweep ${position} ${asked}`, async (glass) => {
    const base = JSON.parse(asked) as SamplingParams
    const views: SamplingView[] = []
    for (const temperature of temperatures) {
      views.push(await glass.sampling(position, { ...base, temperature }, best + 3))
    }
    return views
  })
  // the answer names its own tokens: one of another place is shown as that, faded, until the new one is there
  const lines = data
    ? data[0]!.rows
        .slice(0, best)
        .map((row) => ({
          label: tokenLabel(row.text),
          id: row.id,
          points: data.map((at, i) => ({
            t: temperatures[i]!,
            p: at.rows.find((r) => r.id === row.id)?.probability ?? 0,
          })),
        }))
    : []
  const list = width > 0 && lines.length > 0 ? drawSweep(run, lines, params.temperature, width, scheme) : null
  return (
    <Figure
      title={t.sweep.title}
      words={common.figure}
      source={info.source}
      caption={t.sweep.caption}
      testId="sweep"
      files={{
        name: `temperature-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({ model: info.model, settings: through, lines }),
        drawing: () => list ?? { width: 1, height: 1, background: '', shapes: [] },
        array: () => ({
          shape: [lines.length, points],
          data: Float64Array.from(lines.flatMap((line) => line.points.map(({ p }) => p))),
        }),
      }}
    >
      <Segmented<'only' | 'all'>
        label={t.sweep.label}
        value={sweepAll ? 'all' : 'only'}
        onChange={(value) => set({ sweepAll: value === 'all' })}
        options={[
          { value: 'only', text: t.sweep.only },
          { value: 'all', text: t.sweep.all },
        ]}
      />
      <div ref={box} className={styles.chart} aria-busy={!fresh} data-fresh={fresh}>
        {list && (
          <svg width={list.width} height={list.height} role="img" aria-label={`${t.sweep.title}. ${t.sweep.caption}`}>
            {list.shapes.map((shape, i) =>
              shape.kind === 'path' ? (
                <path
                  key={i}
                  d={shape.d}
                  stroke={shape.stroke}
                  strokeWidth={shape.width}
                  strokeDasharray={shape.dash}
                  fill="none"
                  strokeLinejoin="round"
                />
              ) : shape.kind === 'text' ? (
                <text
                  key={i}
                  x={shape.x}
                  y={shape.y}
                  fontSize={shape.size}
                  fill={shape.fill}
                  textAnchor={shape.anchor}
                  className={shape.mono ? styles.mono : undefined}
                >
                  {shape.text}
                </text>
              ) : null,
            )}
          </svg>
        )}
      </div>
      <details className={styles.details}>
        <summary>{t.sweep.table}</summary>
        <div className={styles.scroll} role="region" aria-label={t.sweep.table} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t.sweep.x}</th>
                {lines.map((line) => (
                  <th key={line.id} scope="col">
                    {line.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {temperatures.map((temperature, i) => (
                <tr key={temperature}>
                  <th scope="row">{temperature}</th>
                  {lines.map((line) => (
                    <td key={line.id}>{percent(line.points[i]!.p)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Figure>
  )
}
