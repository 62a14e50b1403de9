// The text, coloured by how much the adapters change what comes next; and one place close up, without and with.

import type { TokenCandidate } from '../../../store/index.ts'
import { lut, type ColorScale } from '../../../ui/colors.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { Legend } from '../../../ui/Legend.tsx'
import { TokenStrip } from '../../../ui/TokenStrip.tsx'
import { tokenLabel } from '../../../ui/tokens.ts'
import { useScheme } from '../../../ui/useScheme.ts'
import styles from './Changes.module.css'
import { largest } from './read.ts'
import { useCompared } from './run.ts'

export function Tokens() {
  const { t: all, common, format, change, own, position, choose, views } = useCompared()
  const t = all.tokens
  const scheme = useScheme()
  const { tokens, text, from } = change
  if (!tokens) return <p className={styles.soft}>{t.absent}</p>
  const values = text.map((_, i) => (i < from ? null : (tokens[i - from]?.kl ?? null)))
  const scale: ColorScale = {
    lut: lut('heat', scheme),
    min: 0,
    max: largest(
      tokens.map(({ kl }) => kl),
      1e-6,
    ),
    curve: 'sqrt',
  }
  const at = tokens[position - from]
  const label = views.text[position]?.label ?? ''
  const nats = (value: number): string =>
    t.nats(value < 1e-4 && value > 0 ? value.toExponential(0) : format.short(value))
  return (
    <Figure
      title={t.title}
      words={common.figure}
      source="live"
      testId="figure-change-tokens"
      caption={own ? t.captionOwn : t.caption}
      files={{ name: 'adapter-tokens', numbers: () => ({ without: change.without, text, tokens }) }}
    >
      <TokenStrip
        tokens={text.map((token) => ({ ...token, generated: false }))}
        selected={position}
        words={common.strip}
        values={values}
        scale={scale}
        title={(i) => (values[i] == null ? undefined : nats(values[i]))}
        onSelect={choose}
        lines={5}
      />
      <p className={styles.legend}>
        <Legend scale={scale} label={t.legend} format={(v) => format.short(Number(v.toPrecision(2)))} />
      </p>
      {at && (
        <div className={styles.close} data-testid="change-at" data-position={position} data-kl={at.kl}>
          <h3>
            <bdi>{own ? t.in(label) : t.at(label)}</bdi> <small>{common.strip.token(position)}</small>{' '}
            <b>{nats(at.kl)}</b>
          </h3>
          <p className={styles.soft}>
            {t.best}{' '}
            {at.said && (
              <bdi>
                {t.said(
                  views.text[own ? position : position + 1]?.label ?? '',
                  format.share(Math.exp(at.said.without)),
                  format.share(Math.exp(at.said.with)),
                )}
              </bdi>
            )}
          </p>
          <div className={styles.two}>
            <Candidates title={t.without} list={at.without} side="a" />
            <Candidates title={t.with} list={at.with} side="b" />
          </div>
        </div>
      )}
    </Figure>
  )
}

function Candidates({ title, list, side }: { title: string; list: readonly TokenCandidate[]; side: 'a' | 'b' }) {
  const { format, t } = useCompared()
  return (
    <table className={styles.table} data-testid={`change-top-${side}`} data-side={side}>
      <caption>{title}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t.residual.token}</th>
          <th scope="col">%</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ id, text, logprob }) => (
          <tr key={id} data-id={id}>
            <th scope="row" aria-label={tokenLabel(text)}>
              <bdi>
                <code>{tokenLabel(text)}</code>
              </bdi>
            </th>
            <td>
              <span className={styles.bar} aria-hidden="true" style={{ ['--part' as string]: Math.exp(logprob) }} />
              <output>{format.share(Math.exp(logprob))}</output>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
