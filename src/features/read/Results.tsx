// What the model said of the text: its tokens, blanks, labels, answers, and the vectors of several texts.

import type { ReactNode } from 'react'
import type { read as words } from '../../i18n/panels/read.ts'
import { useFormats } from '../../i18n/index.tsx'
import { isOld, useRead } from '../../store/read.ts'
import type { Reading, ScoredLabel } from '../../store/index.ts'
import { Similar } from './Similar.tsx'
import styles from './Panel.module.css'

type Words = (typeof words)['en']

export function Results({ t, mask }: { t: Words; mask: string | null }) {
  const { reading, vectors, fill, chosen } = useRead()
  const old = useRead(isOld)
  return reading && <Shown {...{ t, mask, reading, vectors, fill, chosen, old }} />
}

interface ShownProps extends Pick<ReturnType<typeof useRead.getState>, 'vectors' | 'chosen' | 'fill'> {
  t: Words
  mask: string | null
  reading: Reading
  /** the text has changed since */
  old: boolean
}

export function Shown({ t, mask, reading, vectors, fill, chosen, old }: ShownProps) {
  const format = useFormats()
  const { tokens, segments, fills, labels, tasks, tokenLabels, spans, pooled, leftOut } = reading
  const percent = (p: number): string => format.share(p)
  return (
    <div className={styles.results} data-testid="read-results" data-old={old}>
      {old && (
        <p className={styles.note} data-testid="read-old">
          {t.old}
        </p>
      )}
      <Section
        title={vectors.length > 1 ? t.lastTokens : t.tokens}
        note={segments.includes(1) ? t.segments(tokens.length) : t.count(tokens.length)}
      >
        {leftOut > 0 && <p data-testid="read-left-out">{t.leftOut(leftOut)}</p>}
        <ol className={styles.tokens}>
          {tokens.map(({ text, special }, i) => (
            <li key={i} data-special={special} data-segment={segments[i]} className={styles.token}>
              <bdi>{text}</bdi>
              {tokenLabels && !special && <small>{tokenLabels[i]![0]!.label}</small>}
            </li>
          ))}
        </ol>
      </Section>
      {fills && (
        <Section title={t.blanks}>
          {fills.length === 0 && mask !== null && <p>{t.noBlank(mask)}</p>}
          <div className={styles.fills}>
            {fills.map(({ position, top }, n) => (
              <Bars
                key={position}
                title={t.nth(n + 1)}
                rows={top.map(({ text, logprob }) => ({
                  name: text,
                  value: Math.exp(logprob),
                  ...(!old && {
                    choose: () => fill(n, text),
                    chosen: chosen[n] === text,
                    words: t.choose(text.trim()),
                  }),
                }))}
                percent={percent}
              />
            ))}
          </div>
        </Section>
      )}
      {(tasks ?? (labels ? [{ name: '', labels }] : [])).map((task, n) => (
        <Section key={task.name} title={tasks ? t.task(n + 1) : t.labels}>
          {task.labels.length === 1 ? (
            <Value {...task.labels[0]!} hint={t.value} />
          ) : (
            <Bars
              rows={task.labels.map(({ label, probability }) => ({ name: label, value: probability }))}
              percent={percent}
            />
          )}
        </Section>
      ))}
      {tokenLabels && (
        <Section title={t.each}>
          {tokenLabels[0]!.length === 1 ? (
            tokenLabels.map(([only], i) =>
              tokens[i]!.special ? null : <Value key={i} {...only!} label={`${tokens[i]!.text} · ${only!.label}`} />,
            )
          ) : (
            <Bars
              rows={tokenLabels.flatMap((list, i) =>
                tokens[i]!.special
                  ? []
                  : [{ name: `${tokens[i]!.text} · ${list[0]!.label}`, value: list[0]!.probability }],
              )}
              percent={percent}
            />
          )}
        </Section>
      )}
      {spans && (
        <Section title={t.answers}>
          {spans.length === 0 && <p>{t.noAnswer}</p>}
          <Bars rows={spans.map(({ text, probability }) => ({ name: text, value: probability }))} percent={percent} />
        </Section>
      )}
      {vectors.length > 0 && (
        <Section title={t.vectors} note={t.size(vectors[0]!.vector.length)}>
          {vectors.length > 1 ? <Similar vectors={vectors} t={t} /> : <p>{t.twoTexts}</p>}
          <Numbers vector={vectors.at(-1)!.vector} title={t.numbers} />
        </Section>
      )}
      {pooled && (
        <Section title={t.pooled} note={t.pooledHint(pooled.length)}>
          <Numbers vector={pooled} title={t.numbers} />
        </Section>
      )}
      <p className={styles.note}>{vectors.length > 1 ? t.insideLast : t.inside}</p>
    </div>
  )
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {note !== undefined && <p className={styles.note}>{note}</p>}
      {children}
    </section>
  )
}

/** A head with one output: its number as it is. A share of one would be all of it, whatever it says. */
function Value({ label, score, hint }: Pick<ScoredLabel, 'label' | 'score'> & { hint?: string }) {
  const format = useFormats()
  return (
    <>
      <p className={styles.value} data-testid="read-value">
        <bdi>{label}</bdi> <output>{format.number(score, 3)}</output>
      </p>
      {hint !== undefined && <p className={styles.note}>{hint}</p>}
    </>
  )
}

/** A vector, number by number. */
function Numbers({ vector, title }: { vector: Float32Array; title: string }) {
  const format = useFormats()
  return (
    <details className={styles.numbers} data-testid="read-numbers">
      <summary>{title}</summary>
      <code>{Array.from(vector, (v) => format.number(v, 3)).join('  ')}</code>
    </details>
  )
}

interface Bar {
  name: string
  value: number
  choose?: () => void
  chosen?: boolean
  words?: string
}

function Bars({ title, rows, percent }: { title?: string; rows: readonly Bar[]; percent: (p: number) => string }) {
  return (
    <div className={styles.bars}>
      {title !== undefined && <h3>{title}</h3>}
      <ol>
        {rows.map(({ name, value, choose, chosen, words: label }, i) => (
          <li key={i} style={{ ['--part' as string]: value }}>
            {choose ? (
              <button type="button" onClick={choose} title={label} aria-pressed={chosen} data-testid="candidate">
                <bdi>{name}</bdi>
                <span>{percent(value)}</span>
              </button>
            ) : (
              <div>
                <bdi>{name}</bdi>
                <span>{percent(value)}</span>
              </div>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
