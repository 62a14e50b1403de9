// Cards of the two ends of the model: the embedding row that a token becomes, and the softmax over the logits.

import { useAsk } from '../../store/ask.ts'
import { useInspect, type ProbeResult } from '../../store/inspect.ts'
import { defaultParams } from '../../store/sampling.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { largest, probe, readSite } from './read.ts'
import { num, useRun } from './run.ts'
import { stepsOfPart, tableStep } from './sites.ts'
import { arrayOf } from './strip-draw.ts'
import { ElementField, Strip, StripTable, useStripFiles } from './Strip.tsx'
import { useView } from './view.ts'

export function EmbedCard() {
  const files = useStripFiles()
  const { info, t, tokens, views, position, plan, part, layer, box, format } = useRun()
  const { element } = useView()
  const site = box.vectors[0]?.site ?? 'embed'
  const answer = useAsk<ProbeResult>(position < info.kept ? null : `embed ${site} ${position}`, (glass) =>
    readSite(glass, plan, site, position),
  )
  const token = tokens[position]!
  const table = tableStep(plan, part)
  const tensor = table?.weights[0] ?? ''
  const more = stepsOfPart(plan, part, layer).filter(({ name }) => name !== table?.name)
  return (
    <Card
      op="embed"
      title={t.embed.title}
      caption={t.embed.caption}
      answer={answer}
      files={(x) => files({ id: token.id, values: x.values }, [{ name: 'x', values: x.values }])}
    >
      {(x) => (
        <>
          <p className={styles.line}>
            <TokenChip view={views[position]!} special={token.special} /> →{' '}
            <code>{t.embed.row(format.number(token.id), tensor)}</code>
          </p>
          {more.length > 0 && (
            <p className={styles.note} data-testid="embed-more">
              {t.embed.more} {more.map(({ op }) => t.embed.ops[op as keyof typeof t.embed.ops] ?? op).join(t.embed.and)}
            </p>
          )}
          <Strip name="x" values={x.values} />
          <Sums
            rows={[
              { name: t.embed.norm, value: num(x.norm), exact: x.norm },
              {
                name: <code>x[{Math.min(element, x.values.length - 1)}]</code>,
                value: num(x.values[Math.min(element, x.values.length - 1)]!),
              },
            ]}
          />
          <ElementField count={x.values.length} />
          <StripTable columns={[{ name: 'x', values: x.values }]} />
        </>
      )}
    </Card>
  )
}

export function SoftmaxCard() {
  const { info, t, views, position, format } = useRun()
  const set = useView((s) => s.set)
  const writing = useInspect((s) => s.writing)
  const answer = useAsk(position < info.kept || writing ? null : `softmax ${position}`, async (glass) => {
    const logits = (await probe(glass, { site: 'logits', position })).values
    const silent = info.unsupported.some(({ view }) => view === 'lens')
    const top = silent
      ? (
          await glass.sampling(
            info.predicts === 'own' ? position : position + 1,
            { ...defaultParams, logitBias: {} },
            10,
          )
        ).rows
      : (await glass.lens({ positions: [position], layers: [info.layers - 1], part: 'resid', topK: 10 }))[0]!.top
    return { logits, names: new Map(top.map((c) => [c.id, c.text])) }
  })
  return (
    <Card
      op="softmax"
      title={t.softmax.title}
      caption={t.softmax.caption}
      answer={answer}
      files={({ logits }) => ({ numbers: () => ({ logits }), array: () => arrayOf([logits]) })}
    >
      {({ logits, names }) => {
        const top = largest(logits, Math.max(3, names.size), (v) => v),
          max = logits[top[0]!]!
        const total = logits.reduce((sum, v) => sum + Math.exp(v - max), 0)
        return (
          <>
            <p className={styles.line}>
              <TokenChip view={views[position]!} /> → ?
            </p>
            <table className={styles.rows}>
              <thead>
                <tr>
                  <th scope="col">{t.softmax.word}</th>
                  <th scope="col">{t.softmax.logit}</th>
                  <th scope="col">{t.softmax.exp}</th>
                  <th scope="col">{t.softmax.p}</th>
                </tr>
              </thead>
              <tbody>
                {top.map((id) => {
                  const power = Math.exp(logits[id]! - max)
                  return (
                    <tr key={id} data-id={id} data-p={power / total}>
                      <th scope="row">
                        <button
                          type="button"
                          title={t.cell.open}
                          onClick={() => set({ cell: { vector: 'logits', index: id }, op: 'softmax' })}
                        >
                          {JSON.stringify(names.get(id) ?? `#${id}`)
                            .slice(1, -1)
                            .replace(/ /g, '␣')}
                        </button>
                      </th>
                      <td>{num(logits[id]!)}</td>
                      <td>{num(power)}</td>
                      <td>
                        <span className={styles.bar} style={{ inlineSize: `${(100 * power) / total}%` }} />
                        <b>{num(power / total)}</b>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
            <Sums
              rows={[
                { name: t.softmax.max, value: num(max), exact: max },
                {
                  name: t.softmax.sum(format.number(logits.length)),
                  value: num(total),
                  exact: total,
                  testId: 'softmax-sum',
                },
              ]}
            />
          </>
        )
      }}
    </Card>
  )
}
