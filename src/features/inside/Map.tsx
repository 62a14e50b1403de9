// The map of the pass: a drawing with a button over each part, and its numbers as a table.

import { useLayoutEffect, useRef, useState } from 'react'
import { useAskLayers } from '../../store/ask.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import cards from './Cards.module.css'
import styles from './Map.module.css'
import { boxesOf, mapList } from './map-draw.ts'
import { normsOf } from './read.ts'
import { num, useRun } from './run.ts'
import { useView, type Part } from './view.ts'

export function PassMap({ go }: { go: (part: Part, layer: number) => void }) {
  const { info, t, common, layer, position } = useRun()
  const { part } = useView()
  const scheme = useScheme()
  const norms = useAskLayers(position < info.kept ? null : `norms ${position}`, info.layers, layer, (glass, l) => normsOf(glass, l, position))
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setWidth(box.current!.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  const draw = (w: number) => mapList(w, info.layers, norms.last, { part, layer }, (name) => themeColor(name, scheme), { part: t.part, layer: t.layer })
  const nameOf = (p: Part, l: number) => {
    const n = norms.layers[l]
    const name = p === 'embed' || p === 'head' ? t.part[p] : `${t.layer(l)} ${t.part[p]}`
    return p === 'head' || !n ? name : p === 'embed' ? t.map.plain(name, num(n.start)) : t.map.open(name, num(n[p]))
  }
  return (
    <Figure title={t.map.title} words={common.figure} source={info.source} caption={t.map.caption} testId="inside-map"
      files={norms.complete ? { name: `inside-map-${position}`, drawing: () => draw(420), numbers: () => ({ model: info.model, position, norms: norms.layers }) } : undefined}>
      <div className={styles.map} ref={box} data-complete={norms.complete}>
        <Drawing draw={draw} label={t.map.label} />
        {width > 0 && boxesOf(info.layers, width).map((b) => (
          <button key={`${b.part} ${b.layer}`} type="button" data-part={b.part} data-layer={b.layer} aria-label={nameOf(b.part, b.layer)} aria-pressed={b.part === part && (b.layer === layer || b.part === 'embed' || b.part === 'head')}
            style={{ left: b.x, top: b.y, width: b.w, height: b.h }} onClick={() => go(b.part, b.layer)} />
        ))}
      </div>
      <details className={cards.table}>
        <summary>{t.map.table}</summary>
        <div className={cards.scroll} tabIndex={0} role="region" aria-label={t.map.table}>
          <table>
            <thead><tr><th scope="col">{t.map.where}</th><th scope="col">{t.part.attn}</th><th scope="col">{t.part.mlp}</th><th scope="col">{t.map.sum}</th></tr></thead>
            <tbody>{norms.layers.map((n, l) => <tr key={l}><th scope="row">{t.layer(l)}</th><td>{n ? num(n.attn) : '–'}</td><td>{n ? num(n.mlp) : '–'}</td><td>{n ? num(n.post) : '–'}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </Figure>
  )
}
