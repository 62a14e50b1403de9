// Where to look: the whole text as chips, coloured by how surprising each token was, or, where the text is read whole and
// every token but the blanks was seen, by how open each place is.

import { useMemo } from 'react'
import { endOf } from '../../store/answer-read.ts'
import type { GlassToken } from '../../store/inspect.ts'
import { drawBars } from '../../ui/bars.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { viewTokens } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { wasGuessed } from '../../store/rows.ts'
import { Context } from './Context.tsx'
import { bits } from './pipeline.ts'
import styles from './Panel.module.css'
import { useRun } from './run.ts'

const before = 14
/** Rows of the drawing in a file, from a little before the chosen token on. */
const maxDrawn = 40
/** Surprise is drawn up to here. */
const maxBits = 10

export function Position() {
  const { t, common, info, own, blanks, tokens, position, go, answerFrom, format } = useRun()
  const scheme = useScheme()
  const scale: ColorScale = useMemo(() => ({ lut: lut('heat', scheme), min: 0, max: maxBits }), [scheme])
  // the run may have chosen a token that the model never read: the one that ended the answer
  const { list, surprise } = useMemo(() => {
    if (own) {
      return { list: tokens, surprise: tokens.map(({ entropy }) => (entropy === null ? null : bits(entropy))) }
    }
    const last = (answerFrom === null ? null : endOf(tokens)) ?? {
      id: -1,
      text: '?',
      bytes: [],
      logprob: null,
      rank: null,
    }
    const all: GlassToken[] = [
      ...tokens.map((token) => ({
        ...token,
        generated: answerFrom === null ? token.generated : token.position >= answerFrom,
      })),
      {
        ...{ entropy: null, margin: null, top: [] },
        ...last,
        position: tokens.length,
        special: last.id < 0 || last.text.startsWith('<'),
        generated: true,
      },
    ]
    // what stands in a part that every token sees was no surprise
    const told = (token: GlassToken) => token.logprob !== null && (token.id < 0 || wasGuessed(info, token))
    return { list: all, surprise: all.map((token) => (told(token) ? bits(-token.logprob!) : null)) }
  }, [own, info, tokens, answerFrom])
  const views = useMemo(() => viewTokens(list), [list])
  const from = Math.max(0, position - before)
  const colour = own ? t.own.colour : t.position.colour,
    last = own ? tokens.length - 1 : tokens.length
  return (
    <Figure
      title={own ? t.own.choose : t.position.title}
      words={common.figure}
      source={info.source}
      testId="position"
      files={{
        name: own ? 'openness' : 'surprise',
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
            colour,
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
          <Button variant="quiet" label={t.position.later} disabled={position >= last} onClick={() => go(position + 1)}>
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
      {own && (
        <div className={styles.blanks}>
          {blanks.map((at, i) => (
            <Button
              key={at}
              variant={at === position ? 'primary' : 'plain'}
              aria-pressed={at === position}
              data-testid="blank"
              onClick={() => go(at)}
            >
              {t.own.blank(i + 1)}
            </Button>
          ))}
          {blanks.length === 0 && <p className={styles.soft}>{t.own.noBlank}</p>}
        </div>
      )}
      <Context list={list} views={views} />
      <Legend scale={scale} label={colour} format={(value) => (value === maxBits ? `≥ ${value}` : String(value))} />
    </Figure>
  )
}
