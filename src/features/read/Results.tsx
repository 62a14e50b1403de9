// What the model said of the text: its tokens, blanks, labels, answers, and the vectors of several texts.

import type { ReactNode } from 'react'
import type { read as words } from '../../i18n/panels/read.ts'
import { useFormats } from '../../i18n/index.tsx'
import { useRead } from '../../store/read.ts'
import { Similar } from './Similar.tsx'
import styles from './Panel.module.css'

type Words = (typeof words)['en']

export function Results({ t, mask }: { t: Words; mask: string | null }) {
  const { reading, vectors, fill } = useRead()
  const format = useFormats()
  if (!reading) return null
  const { tokens, segments, fills, labels, tasks, tokenLabels, spans, leftOut } = reading
  const percent = (p: number): string => `${format.number(100 * p, 1)} %`
  return (
    <div className={styles.results} data-testid="read-results">
      <Section title={t.tokens} note={segments.includes(1) ? t.segments(tokens.length) : t.count(tokens.length)}>
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
                  choose: () => fill(n, text),
                  words: t.choose(text.trim()),
                }))}
                percent={percent}
              />
            ))}
          </div>
        </Section>
      )}
      {(tasks ?? (labels ? [{ name: '', labels }] : [])).map((task, n) => (
        <Section key={task.name} title={tasks ? t.task(n + 1) : t.labels}>
          <Bars
            rows={task.labels.map(({ label, probability }) => ({ name: label, value: probability }))}
            percent={percent}
          />
        </Section>
      ))}
      {tokenLabels && (
        <Section title={t.each}>
          <Bars
            rows={tokenLabels.flatMap((list, i) =>
              tokens[i]!.special
                ? []
                : [{ name: `${tokens[i]!.text} · ${list[0]!.label}`, value: list[0]!.probability }],
            )}
            percent={percent}
          />
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
        </Section>
      )}
      <p className={styles.note}>{t.inside}</p>
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

interface Bar {
  name: string
  value: number
  choose?: () => void
  words?: string
}

function Bars({ title, rows, percent }: { title?: string; rows: readonly Bar[]; percent: (p: number) => string }) {
  return (
    <div className={styles.bars}>
      {title !== undefined && <h3>{title}</h3>}
      <ol>
        {rows.map(({ name, value, choose, words: label }, i) => (
          <li key={i} style={{ ['--part' as string]: value }}>
            {choose ? (
              <button type="button" onClick={choose} title={label} aria-label={`${label}, ${percent(value)}`}>
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
