// Where to look: the whole text as chips coloured by surprise, and what came at the chosen place.

import { useMemo } from 'react'
import { endOf } from '../../store/answer-read.ts'
import { drawBars } from '../../ui/bars.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { viewTokens } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { bits } from './pipeline.ts'
import styles from './Panel.module.css'
import { useRun } from './run.ts'

const before = 14
/** Rows of the drawing in a file, from a little before the chosen token on. */
const maxDrawn = 40
/** Surprise is drawn up to here. */
const maxBits = 10

export function Position() {
  const { t, common, info, tokens, position, go, answerFrom, percent, format } = useRun()
  const scheme = useScheme()
  const scale: ColorScale = useMemo(() => ({ lut: lut('heat', scheme), min: 0, max: maxBits }), [scheme])
  // the run may have chosen a token that the model never read: the one that ended the answer
  const { list, surprise } = useMemo(() => {
    const last = (answerFrom === null ? null : endOf(tokens)) ?? {
      id: -1,
      text: '?',
      bytes: [],
      logprob: null,
      rank: null,
    }
    const all = [
      ...tokens.map((token) => ({
        ...token,
        generated: answerFrom === null ? token.generated : token.position >= answerFrom,
      })),
      { ...last, position: tokens.length, special: last.id < 0 || last.text.startsWith('<'), generated: true },
    ]
    return { list: all, surprise: all.map((token) => (token.logprob === null ? null : bits(-token.logprob))) }
  }, [tokens, answerFrom])
  const views = useMemo(() => viewTokens(list), [list])
  const here = list[position]!
  const from = Math.max(0, position - before)
  return (
    <Figure
      title={t.position.title}
      words={common.figure}
      source={info.source}
      testId="position"
      files={{
        name: 'surprise',
        numbers: () => ({
          model: info.model,
          unit: 'bits',
          tokens: tokens.map(({ position: at, id, text, logprob, rank, entropy }) => ({
            position: at,
            id,
            text,
            surprise: logprob === null ? null : bits(-logprob),
            rank,
            entropy: entropy === null ? null : bits(entropy),
          })),
        }),
        array: () => ({
          shape: [tokens.length, 3],
          data: Float64Array.from(
            tokens.flatMap(({ id, logprob, entropy }) => [
              id,
              logprob === null ? NaN : bits(-logprob),
              entropy === null ? NaN : bits(entropy),
            ]),
          ),
        }),
        drawing: () =>
          drawBars(
            t.position.colour,
            [],
            list
              .slice(from, from + maxDrawn)
              .map((_, i) => ({
                name: views[from + i]!.label,
                bars: [
                  {
                    fraction: surprise[from + i] ?? 0,
                    value: surprise[from + i] == null ? '–' : format.number(surprise[from + i]!, 1),
                    colour: '--warn',
                  },
                ],
              })),
            [],
            scheme,
          ),
      }}
      tools={
        <>
          <Button variant="quiet" label={t.position.earlier} disabled={position === 0} onClick={() => go(position - 1)}>
            ‹
          </Button>
          <output className={styles.number} title={common.strip.counted}>
            {common.strip.token(position)}
          </output>
          <Button
            variant="quiet"
            label={t.position.later}
            disabled={position >= tokens.length}
            onClick={() => go(position + 1)}
          >
            ›
          </Button>
        </>
      }
    >
      <TokenStrip
        tokens={list}
        selected={position}
        words={common.strip}
        values={surprise}
        scale={scale}
        onSelect={go}
        lines={4}
        title={(p) =>
          `${views[p]!.label}${surprise[p] === null || surprise[p] === undefined ? '' : ` · ${t.entropy.bits(format.number(surprise[p], 1))}`}`
        }
      />
      <p className={styles.context} data-testid="context">
        <span className={styles.soft}>{t.position.after}</span> {from > 0 && '… '}
        {list.slice(from, position).map((token, i) => (
          <TokenChip key={token.position} view={views[from + i]!} special={token.special} />
        ))}{' '}
        <span className={styles.soft}>{here.id < 0 ? t.position.toCome : t.position.chose}</span>{' '}
        {here.id >= 0 && <TokenChip view={views[position]!} selected />}
        {here.logprob !== null && here.rank !== null && (
          <span className={styles.facts}>
            {t.position.facts(
              percent(Math.exp(here.logprob)),
              format.number(here.rank + 1),
              format.number(bits(-here.logprob), 1),
            )}
          </span>
        )}
      </p>
      <Legend
        scale={scale}
        label={t.position.colour}
        format={(value) => (value === maxBits ? `≥ ${value}` : String(value))}
      />
    </Figure>
  )
}
