// RoPE as dials: each pair of a head's numbers is a hand, turned by position × the pair's speed.

import { useAsk } from '../../store/ask.ts'
import { useInspect } from '../../store/inspect.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { pairOf, probe, readSite, turn } from './read.ts'
import { ropeOf, unturned } from './rope.ts'
import { num, useRun } from './run.ts'
import { Scaling } from './Scaling.tsx'
import { arrayOf } from './strip-draw.ts'
import { ElementField } from './Strip.tsx'
import { Table } from './Table.tsx'
import { useView } from './view.ts'

const min = 44

export function RopeCard() {
  const { info, t, layer, head, position, plan } = useRun()
  const rope = ropeOf(info, plan, layer)
  const { vector, pair, set } = useView()
  const scheme = useScheme()
  const answer = useAsk(position < info.kept ? null : `rope ${vector} ${layer} ${head} ${position}`, async (glass) => ({
    before: (await readSite(glass, plan, unturned(plan, layer, vector), position, head)).values,
    after: (await probe(glass, { site: `${vector}_rope`, layer, head, position })).values,
  }))
  const { layout, rotary, inv, factor } = rope ?? info.rope
  const count = rotary / 2
  const j = Math.min(pair, count - 1)
  const columns = (width: number) => Math.max(1, Math.min(count, Math.floor(width / min)))
  const two = (v: Float32Array, n: number): [number, number] => {
    const [a, b] = pairOf(layout, rotary, n)
    return [v[a]!, v[b]!]
  }
  const dials = (width: number, { before, after }: { before: Float32Array; after: Float32Array }): DrawList => {
    const reach = Math.max(1e-9, ...Array.from({ length: count }, (_, n) => Math.hypot(...two(after, n))))
    const cols = columns(width),
      size = width / cols,
      r = size / 2 - 4
    const color = (name: string) => themeColor(name, scheme)
    const shapes = Array.from({ length: count }, (_, n): Shape[] => {
      const cx = ((n % cols) + 0.5) * size,
        cy = (Math.floor(n / cols) + 0.5) * size
      const hand = ([a, b]: [number, number]) => `M${cx} ${cy}L${cx + (a / reach) * r} ${cy - (b / reach) * r}`
      return [
        {
          kind: 'rect',
          x: cx - r,
          y: cy - r,
          w: 2 * r,
          h: 2 * r,
          radius: r,
          fill: color('--sunken'),
          stroke: color(n === j ? '--accent' : '--line'),
        },
        { kind: 'path', d: hand(two(before, n)), stroke: color('--ink-faint'), width: 1.5 },
        { kind: 'path', d: hand(two(after, n)), stroke: color(vector === 'q' ? '--role-q' : '--role-k'), width: 2.5 },
      ]
    }).flat()
    return { width, height: Math.ceil(count / cols) * size, background: color('--surface'), shapes }
  }
  return (
    <Card
      op="rope"
      title={t.rope.title}
      caption={t.rope.caption}
      answer={answer}
      files={(data) => ({
        numbers: () => ({ head, vector, layout, inv, ...data }),
        array: () => arrayOf([data.before, data.after]),
        drawing: () => dials(760, data),
      })}
    >
      {({ before, after }) => {
        if (!rope) return <p className={styles.note}>{t.rope.plane}</p>
        const off = Math.max(
          ...Array.from({ length: count }, (_, n) => {
            const made = turn(two(before, n), position * inv[n]!, factor),
              read = two(after, n)
            return Math.max(Math.abs(made[0] - read[0]), Math.abs(made[1] - read[1]))
          }),
        )
        const [a, b] = pairOf(layout, rotary, j),
          angle = position * inv[j]!,
          old = two(before, j),
          made = turn(old, angle, factor),
          read = two(after, j)
        return (
          <>
            <div className={styles.fields}>
              <Segmented
                label={t.rope.which}
                value={vector}
                onChange={(next) => set({ vector: next })}
                options={[
                  { value: 'q', text: t.rope.q },
                  { value: 'k', text: t.rope.k },
                ]}
              />
              <HeadField />
              <ElementField count={count} value={j} label={t.rope.pair} onChange={(n) => set({ pair: n })} />
            </div>
            <Drawing
              draw={(width) => dials(width, { before, after })}
              label={t.rope.label(count)}
              pointer
              testId="rope-dials"
              onPick={({ x, y }) => {
                const width = document.querySelector<HTMLElement>('[data-testid="rope-dials"]')!.clientWidth,
                  cols = columns(width)
                const n = Math.floor(y / (width / cols)) * cols + Math.floor(x / (width / cols))
                if (n >= 0 && n < count) set({ pair: n })
              }}
            />
            <Sums
              rows={[
                {
                  name: t.rope.pairOf(a, b),
                  value: (
                    <>
                      {t.rope.before} ({num(old[0])}, {num(old[1])})
                    </>
                  ),
                },
                {
                  name: t.rope.angle,
                  value: (
                    <>
                      {position} × {num(inv[j]!)} = {num(angle)} ({t.rope.turns(num(angle / (2 * Math.PI)))})
                    </>
                  ),
                },
                {
                  name: t.rope.after,
                  value: (
                    <>
                      ({num(made[0])}, {num(made[1])})
                    </>
                  ),
                },
                {
                  name: t.rope.read,
                  value: (
                    <>
                      ({num(read[0])}, {num(read[1])})
                    </>
                  ),
                },
                { name: t.rope.off, value: num(off), exact: off, testId: 'rope-off' },
              ]}
            />
            <Table
              name={t.rope.table}
              head={[t.rope.pair, t.rope.speed, t.rope.before, t.rope.after]}
              rows={() =>
                inv.map((speed, n) => [
                  n,
                  num(speed),
                  two(before, n).map(num).join(', '),
                  two(after, n).map(num).join(', '),
                ])
              }
            />
            <Scaling inv={inv} pair={j} onPair={(n) => set({ pair: n })} />
            {rotary < info.headDim && <p className={styles.note}>{t.rope.unturned(info.headDim - rotary)}</p>}
          </>
        )
      }}
    </Card>
  )
}

export function HeadField() {
  const { info, t, head } = useRun()
  const select = useInspect((s) => s.select)
  return (
    <label className={styles.field}>
      {t.head(head)}
      <input
        type="range"
        min={0}
        max={info.heads - 1}
        step={1}
        value={head}
        aria-valuetext={t.head(head)}
        onChange={(event) => select({ head: event.target.valueAsNumber })}
      />
    </label>
  )
}
