// The card of an MLP without a gate: every hidden unit has one number, bent.

import { useAsk } from '../../store/ask.ts'
import { Card } from './Card.tsx'
import styles from './Cards.module.css'
import { actOf, probe } from './read.ts'
import { num, useRun } from './run.ts'
import { Apart, ElementField, Strip, StripTable, useStripFiles } from './Strip.tsx'
import { useView } from './view.ts'

export function PlainMlpCard() {
  const files = useStripFiles()
  const { info, t, layer, position, plan } = useRun()
  const { element } = useView()
  const { name } = actOf(plan, layer)
  const answer = useAsk(position < info.kept ? null : `mlp ${layer} ${position}`, async (glass) => ({
    up: (await probe(glass, { site: 'up', layer, position })).values,
    act: (await probe(glass, { site: 'act', layer, position })).values,
  }))
  const strips = ({ up, act }: { up: Float32Array; act: Float32Array }) => [
    { name: t.swiglu.up, values: up },
    { name: t.plainMlp.act(name), values: act },
  ]
  return (
    <Card
      op="swiglu"
      title={t.plainMlp.title(name)}
      caption={t.plainMlp.caption(name)}
      answer={answer}
      files={(data) => files(data, strips(data))}
    >
      {(data) => {
        const i = Math.min(element, data.act.length - 1)
        return (
          <>
            {strips(data).map((strip) => (
              <Strip key={strip.name} {...strip} pick={i} />
            ))}
            <p className={styles.sum}>
              <code>
                {name}({num(data.up[i]!)}) = <b>{num(data.act[i]!)}</b>
              </code>
            </p>
            <ElementField count={data.act.length} label={t.swiglu.unit} />
            <Apart op="swiglu" vector="act" index={i} />
            <StripTable columns={strips(data)} />
          </>
        )
      }}
    </Card>
  )
}
