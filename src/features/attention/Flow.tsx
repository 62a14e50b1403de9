// Where a token's information can have come from, through all layers at once: attention rollout, drawn from the top
// (the selected token) down to the text. It mixes heads and ignores what values say; the figure says so.

import { useMemo, useRef, useState } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { useAskLayers } from '../../store/ask.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { short } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { useLatest } from '../../ui/useLatest.ts'
import styles from './Arcs.module.css'
import { Numbers, useTable } from './Numbers.tsx'
import { flowLimit, headMean, rollout } from './read.ts'
import { useRun } from './run.ts'
import { rangeOf, useView } from './view.ts'

export function Flow() {
  const { info, tokens, t, common, position, layer, name, percent, views, end } = useRun()
  const { threshold, sink, set, ...view } = useView()
  const unheld = info.unsupported.some((item) => item.view === 'value-flow')
  const weighted = view.weighted && !unheld
  const { select, writing } = useInspect()
  const scheme = useScheme()
  const [table, tableButton] = useTable()
  const length = end(position)
  const range = rangeOf(view.range, info.layers),
    [first, last] = range ?? [0, info.layers - 1],
    count = last - first + 1
  const tooLong = info.layers * info.heads * length * length > flowLimit || info.kept > 0
  const means = useAskLayers(
    tooLong || writing || info.encoder ? null : `flow ${length} ${weighted}`,
    info.layers,
    layer,
    async (glass, l) => headMean(glass, info, l, length, weighted ? await glass.valueNorms(l) : null),
  )
  const [hover, setHover] = useState<{ level: number; token: number } | null>(null)
  const nodes = useRef<{ x: number; y: number; level: number; token: number }[]>([])
  const result = useMemo(
    () =>
      means.complete
        ? rollout((means.layers as Float32Array[]).slice(first, last + 1), length, position, threshold, sink)
        : null,
    [means.complete, means.layers, first, last, length, position, threshold, sink],
  )
  const best = useMemo(
    () => (result ? Array.from(result.source, (flow, token) => ({ token, flow })).sort((a, b) => b.flow - a.flow) : []),
    [result],
  )

  const draw = (w: number): DrawList => {
    const paint = (n: string) => themeColor(n, scheme)
    const levels = count + 1,
      gap = Math.max(34, Math.min(78, 420 / levels))
    const height = 24 + (levels - 1) * gap + 92
    const shapes: Shape[] = []
    nodes.current = []
    if (!result) return { width: w, height, background: paint('--surface'), shapes }
    // the tokens that carry most, in reading order
    const weight = new Map<number, number>()
    for (const e of result.edges) for (const p of [e.from, e.to]) weight.set(p, (weight.get(p) ?? 0) + e.flow)
    const left = 34,
      room = Math.max(4, Math.floor((w - left - 10) / 20))
    const shown = [...weight]
      .sort((a, b) => b[1] - a[1])
      .slice(0, room)
      .map(([p]) => p)
      .sort((a, b) => a - b)
    const x = new Map(
      shown.map((p, i) => [p, left + (shown.length === 1 ? 0.5 : i / (shown.length - 1)) * (w - left - 22)]),
    )
    const y = (level: number): number => 16 + (count - level) * gap
    for (let level = 0; level <= count; level++) {
      shapes.push({
        kind: 'text',
        x: 2,
        y: y(level) + 4,
        text: level + first === 0 ? t.flow.text : `L${level + first - 1}`,
        size: 10,
        fill: paint('--ink-faint'),
      })
    }
    for (const e of result.edges) {
      const a = x.get(e.from),
        b = x.get(e.to)
      if (a === undefined || b === undefined) continue
      const y0 = y(e.layer + 1),
        y1 = y(e.layer)
      const on = hover
        ? (hover.level === e.layer + 1 && hover.token === e.from) || (hover.level === e.layer && hover.token === e.to)
        : true
      const own = e.from === e.to
      shapes.push({
        kind: 'path',
        d: own ? `M${a} ${y0}L${b} ${y1}` : `M${a} ${y0}C${a} ${y0 + gap * 0.5} ${b} ${y1 - gap * 0.5} ${b} ${y1}`,
        stroke: paint(own ? '--ink-faint' : '--role-attention'),
        width: own ? Math.max(1, 12 * e.flow) : Math.max(1, 1 + 26 * e.flow),
        opacity: (on ? 1 : 0.2) * Math.min(0.9, 0.22 + e.flow * 6),
      })
    }
    for (let level = 0; level <= count; level++) {
      const arrived = result.levels[count - level]!
      for (const p of shown) {
        const flow = arrived[p]!
        if (flow < threshold / 2) continue
        shapes.push({
          kind: 'path',
          d: circle(x.get(p)!, y(level), 2 + 7 * Math.sqrt(flow)),
          stroke: paint('--surface'),
          width: 1,
          fill: paint(level === count ? '--ink' : '--role-attention'),
        })
        nodes.current.push({ x: x.get(p)!, y: y(level), level, token: p })
      }
    }
    for (const p of shown) {
      shapes.push({
        kind: 'text',
        x: x.get(p)! + 4,
        y: y(0) + 16,
        text: short(name(p), 11),
        size: 11,
        fill: paint(p === position ? '--role-attention' : tokens[p]!.special ? '--ink-faint' : '--ink'),
        rotate: 62,
        mono: true,
        weight: p === position ? 700 : 400,
      })
    }
    return { width: w, height, background: paint('--surface'), shapes }
  }
  const near = (at: { x: number; y: number } | null) =>
    at ? (nodes.current.find((n) => Math.hypot(n.x - at.x, n.y - at.y) < 11) ?? null) : null
  const list = useLatest(draw)
  return (
    <Figure
      title={t.flow.title}
      words={common.figure}
      source={info.source}
      testId="figure-flow"
      caption={t.flow.caption}
      tools={tableButton}
      files={
        result
          ? {
              name: `attention-flow-${position}`,
              of: common.strip.token(position),
              drawing: () => list.current(760),
              numbers: () => ({
                model: info.model,
                position,
                layers: [first, last],
                weighted,
                sink,
                lost: result.lost,
                source: result.source,
                edges: result.edges,
              }),
              array: () => ({ shape: [length], data: result.source }),
            }
          : undefined
      }
    >
      <div className={styles.tools}>
        <Segmented
          label={t.flow.kind}
          value={weighted ? 'value' : 'weight'}
          onChange={(next) => set({ weighted: next === 'value' })}
          options={[
            { value: 'weight', text: t.flow.rollout, hint: t.flow.rolloutHint },
            { value: 'value', text: t.flow.valued, hint: unheld ? t.notRecorded : t.flow.valuedHint, disabled: unheld },
          ]}
        />
        <label className={styles.slider}>
          {t.flow.threshold}
          <input
            type="range"
            min={0.001}
            max={0.05}
            step={0.001}
            value={threshold}
            onChange={(event) => set({ threshold: event.target.valueAsNumber })}
          />
          <output>{percent(threshold)}</output>
        </label>
      </div>
      {info.encoder ? (
        <p>{t.flow.twoStacks}</p>
      ) : tooLong ? (
        <p>{t.flow.tooLong}</p>
      ) : writing ? (
        <p>{t.lookup.writing}</p>
      ) : !result ? (
        <p aria-busy="true">{t.flow.reading(means.layers.filter((l) => l !== null).length, info.layers)}</p>
      ) : (
        <>
          {table ? (
            <Numbers
              caption={t.flow.table(name(position), position)}
              head={[t.table.token, t.flow.share]}
              rows={best
                .filter(({ flow }) => flow > 0)
                .map(({ token, flow }) => [`${token} ${name(token)}`, percent(flow)])}
            />
          ) : (
            <Drawing
              draw={draw}
              label={t.flow.caption}
              testId="flow"
              pointer={hover !== null}
              onPoint={(at) => {
                const n = near(at)
                if (n?.level !== hover?.level || n?.token !== hover?.token) setHover(n)
              }}
              onPick={(at) => {
                const n = near(at)
                if (n) select({ position: n.token })
              }}
            />
          )}
          <p className={styles.read} data-testid="flow-sources">
            {t.flow.from}{' '}
            {best.slice(0, 6).map(({ token, flow }) => (
              <span key={token}>
                <TokenChip view={views[token]!} /> {percent(flow)}
              </span>
            ))}
          </p>
          {sink !== 'shown' && (
            <p className={sink === 'renormalised' ? styles.warn : styles.read} data-testid="flow-lost">
              {sink === 'renormalised' ? t.sink.label : ''} {result.lost > 1e-4 && t.flow.lost(percent(result.lost))}
            </p>
          )}
          {range && (
            <p className={styles.read} data-testid="flow-range">
              {t.flow.range(first, last)}
            </p>
          )}
        </>
      )}
    </Figure>
  )
}

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`
