// Cards of a block's ops whose vectors are shown element by element: the norm, the projections of a head, the activation,
// and the addition to the running sum.

import { Fragment } from 'react'
import { useAsk } from '../../store/ask.ts'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { HeadField } from './Rope.tsx'
import type { OpBox } from './outline.ts'
import { actOf, largest, meanSquare, probe, sumAround } from './read.ts'
import { num, useRun } from './run.ts'
import { stepOf } from './sites.ts'
import { bounds } from './strip-draw.ts'
import { Apart, ElementField, Strip, StripTable, useStripFiles } from './Strip.tsx'
import { vectorsOf, type Vectors } from './vectors.ts'
import { useView } from './view.ts'

export function NormCard({ box }: { box: OpBox }) {
  const files = useStripFiles()
  const { info, t, layer, position, plan, part, head } = useRun()
  const { element } = useView()
  const { op, kind = 'rms' } = box
  const answer = useAsk(position < info.kept ? null : `${op} ${part} ${layer} ${position}`, async (glass) => {
    const found = await vectorsOf(glass, info, plan, { part, op, layer, head, position })
    return { x: found['x']!, y: found['y']! }
  })
  const step = stepOf(plan, box.vectors.at(-1)?.site ?? '', layer)
  const eps = step?.params['eps']
  // LayerNorm takes the mean off first and adds a learned β last
  const centres = kind === 'layer'
  const words = centres ? t.norm.layer : t.norm
  const name = t.norm.kinds[kind]
  const title =
    op === 'after'
      ? t.norm.after(name, t.part[part])
      : op === 'closing'
        ? t.norm.closing(name, t.part[part])
        : part === 'head' || part === 'read'
          ? t.norm[part](name)
          : t.norm.before(name, t.part[part])
  return (
    <Card
      op={op}
      id={op}
      title={title}
      caption={words.caption}
      answer={answer}
      files={({ x, y }) =>
        files({ eps, meanSquare: meanSquare(x), x, y }, [
          { name: t.norm.x, values: x },
          { name: t.norm.y, values: y },
        ])
      }
    >
      {({ x, y }) => {
        const middle = centres ? x.reduce((sum, v) => sum + v, 0) / x.length : 0
        const z = centres ? x.map((v) => v - middle) : x
        const mean = meanSquare(z),
          inverse = 1 / Math.sqrt(mean + (eps ?? 0)),
          i = Math.min(element, x.length - 1)
        const gamma = y[i]! / (x[i]! * inverse)
        return (
          <>
            <Strip name={t.norm.x} values={x} />
            <Sums
              rows={[
                { name: words.mean, value: num(mean), exact: mean, testId: 'mean-square' },
                {
                  name: t.norm.epsilon,
                  value: eps === undefined ? '–' : num(eps),
                  ...(eps !== undefined && { exact: eps }),
                  testId: 'eps',
                },
                { name: t.norm.inverse, value: num(inverse), exact: inverse, testId: 'inverse-rms' },
              ]}
            />
            <Strip name={t.norm.y} values={y} />
            <p className={styles.sum} data-testid={`${op}-element`}>
              <code>
                y[{i}] = {num(z[i]!)} × {num(inverse)} × {centres ? 'γ + β' : Number.isFinite(gamma) ? num(gamma) : 'γ'}{' '}
                = <b>{num(y[i]!)}</b>
              </code>
            </p>
            <ElementField count={x.length} />
            <Apart op={op} vector="y" index={i} />
            <StripTable
              columns={[
                { name: 'x', values: x },
                { name: 'y', values: y },
              ]}
            />
          </>
        )
      }}
    </Card>
  )
}

/** The three projections of one head, before anything is turned. */
export function QkvCard() {
  const files = useStripFiles()
  const { info, t, layer, head, position, plan, part } = useRun()
  const { element, set } = useView()
  const answer = useAsk(position < info.kept ? null : `qkv ${part} ${layer} ${head} ${position}`, (glass) =>
    vectorsOf(glass, info, plan, { part, op: 'qkv', layer, head, position }),
  )
  const strips = (v: Vectors) =>
    (['q', 'k', 'v'] as const).flatMap((name) => (v[name] ? { id: name, name: t.vectors[name], values: v[name] } : []))
  const words = part === 'cross' ? t.qkv.cross : t.qkv
  return (
    <Card
      op="qkv"
      title={words.title}
      caption={words.caption}
      answer={answer}
      files={(v) => files({ head, ...v }, strips(v))}
    >
      {(v) => {
        const i = Math.min(element, info.headDim - 1)
        return (
          <>
            <div className={styles.fields}>
              <HeadField />
            </div>
            {strips(v).map(({ id, name, values }) => (
              <Strip
                key={id}
                name={name}
                values={values}
                pick={i}
                onPick={(n) => set({ element: n, cell: { vector: id, index: n }, op: 'qkv' })}
              />
            ))}
            <p className={styles.sum}>
              <code>
                {strips(v).map(({ id, values }, n) => (
                  <Fragment key={id}>
                    {n > 0 && ' · '}
                    {id}[{i}] = <b>{num(values[i]!)}</b>
                  </Fragment>
                ))}
              </code>
            </p>
            <ElementField count={info.headDim} value={i} onChange={(n) => set({ element: n })} />
            <Apart op="qkv" vector="q" index={i} />
            <StripTable columns={strips(v)} />
          </>
        )
      }}
    </Card>
  )
}

export function OutCard({ box }: { box: OpBox }) {
  const files = useStripFiles()
  const { info, t, layer, position, plan, part } = useRun()
  const { element } = useView()
  const answer = useAsk(position < info.kept ? null : `out ${part} ${layer} ${position}`, async (glass) => {
    const { before, after, delta } = await sumAround(glass, plan, part, layer, position)
    return { x: before.values, delta, y: after.values, from: before.norm, to: after.norm }
  })
  return (
    <Card
      op="out"
      title={t.out.title}
      caption={box.ontoNorm ? t.out.ontoNorm : t.out.caption}
      answer={answer}
      files={({ x, delta, y }) =>
        files({ before: x, added: delta, after: y }, [
          { name: t.out.before, values: x, bound: bounds(x, y) },
          { name: t.out.delta, values: delta, bound: bounds(x, y) },
          { name: t.out.after, values: y, bound: bounds(x, y) },
        ])
      }
    >
      {({ x, delta, y, from, to }) => {
        const i = Math.min(element, x.length - 1),
          bound = bounds(x, y)
        const length = Math.sqrt(delta.reduce((sum, v) => sum + v * v, 0))
        return (
          <>
            <Strip name={t.out.before} values={x} bound={bound} />
            <Strip name={t.out.delta} values={delta} bound={bound} />
            <Strip name={t.out.after} values={y} bound={bound} />
            <Sums
              rows={[
                {
                  name: t.out.length,
                  value: (
                    <>
                      ‖{num(from)}‖ + ‖{num(length)}‖ → ‖{num(to)}‖
                    </>
                  ),
                },
              ]}
            />
            <p className={styles.sum}>
              <code>
                x[{i}]: {num(x[i]!)} + {num(delta[i]!)} = <b>{num(y[i]!)}</b>
              </code>
            </p>
            <ElementField count={x.length} />
            <Apart op="out" vector="delta" index={i} />
            <StripTable
              columns={[
                { name: t.out.before, values: x },
                { name: t.out.delta, values: delta },
                { name: t.out.after, values: y },
              ]}
            />
          </>
        )
      }}
    </Card>
  )
}

export function SwigluCard() {
  const files = useStripFiles()
  const { info, t, layer, position, plan } = useRun()
  const { name, f } = actOf(plan, layer)
  const { element, set } = useView()
  const answer = useAsk(position < info.kept ? null : `swiglu ${layer} ${position}`, async (glass) => ({
    gate: (await probe(glass, { site: 'gate', layer, position })).values,
    up: (await probe(glass, { site: 'up', layer, position })).values,
    act: (await probe(glass, { site: 'act', layer, position })).values,
  }))
  return (
    <Card
      op="swiglu"
      title={t.swiglu.title(name)}
      caption={t.swiglu.caption(name)}
      answer={answer}
      files={(data) =>
        files(data, [
          { name: t.swiglu.gate, values: data.gate },
          { name: t.swiglu.up, values: data.up },
          { name: t.swiglu.act(name), values: data.act },
        ])
      }
    >
      {({ gate, up, act }) => {
        const i = Math.min(element, act.length - 1),
          top = largest(act, 6)
        return (
          <>
            <Strip name={t.swiglu.gate} values={gate} pick={i} />
            <Strip name={t.swiglu.up} values={up} pick={i} />
            <Strip name={t.swiglu.act(name)} values={act} pick={i} />
            <p className={styles.sum} data-testid="swiglu-element">
              <code>
                {name}({num(gate[i]!)}) × {num(up[i]!)} = {num(f(gate[i]!))} × {num(up[i]!)} = <b>{num(act[i]!)}</b>
              </code>
            </p>
            <ElementField count={act.length} label={t.swiglu.unit} />
            <Apart op="swiglu" vector="act" index={i} />
            <StripTable
              columns={[
                { name: 'gate', values: gate },
                { name: 'up', values: up },
                { name: 'act', values: act },
              ]}
            />
            <table className={styles.rows}>
              <caption>{t.swiglu.top}</caption>
              <thead>
                <tr>
                  <th scope="col">{t.swiglu.unit}</th>
                  <th scope="col">gate</th>
                  <th scope="col">{name}</th>
                  <th scope="col">up</th>
                  <th scope="col">act</th>
                </tr>
              </thead>
              <tbody>
                {top.map((u) => (
                  <tr key={u} data-here={u === i}>
                    <th scope="row">
                      <button type="button" onClick={() => set({ element: u })}>
                        {u}
                      </button>
                    </th>
                    <td>{num(gate[u]!)}</td>
                    <td>{num(f(gate[u]!))}</td>
                    <td>{num(up[u]!)}</td>
                    <td>{num(act[u]!)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )
      }}
    </Card>
  )
}
