// The grid in its frame: what is read, what colours it, which token is followed; and the proof that the top row is the
// run.

import { useMemo } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { answerOf } from '../../store/answer-read.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { drawGrid } from './grid-draw.ts'
import { Grid, type GridWindow } from './Grid.tsx'
import styles from './Panel.module.css'
import { checkOutput, entropyBits, klBits, layersOf, probability, whatWasSaid } from './read.ts'
import { candidateView, useColumnsHere, useRun } from './run.ts'
import { TokenPick } from './TokenPick.tsx'
import { useNarrow } from '../../ui/useNarrow.ts'
import { useView, type CellRef, type Colour, type Part, type Target } from './view.ts'

export function GridFigure({
  seen,
  onSeen,
  part,
  asked,
}: {
  seen: GridWindow
  onSeen: (window: GridWindow) => void
  part: Part
  asked: CellRef | null
}) {
  const run = useRun()
  const columns = useColumnsHere()
  const { info, tokens, t, common, format, noParts } = run
  const explain = useExplain()
  const { colour, target, game, set } = useView()
  const scheme = useScheme()
  const narrow = useNarrow()
  const recorded = info.source === 'recording'
  const scale: ColorScale = useMemo(() => {
    if (colour === 'p') return { lut: lut('attention', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
    if (colour === 'rank') return { lut: lut('query', scheme), min: -Math.log10(info.vocab), max: 0 }
    return { lut: lut('heat', scheme), min: 0, max: Math.log2(info.vocab), curve: 'sqrt' }
  }, [colour, scheme, info.vocab])
  const said = useMemo(() => {
    const events = info.edits.length ? null : (answerOf(tokens)?.events ?? null)
    return { own: events !== null, by: whatWasSaid(info, tokens, events) }
  }, [tokens, info])
  const check = useMemo(
    () => (part === 'resid' ? checkOutput(columns.all, said.by, info.layers - 1) : null),
    [part, columns.all, said, info.layers],
  )
  const legend = (v: number): string =>
    colour === 'rank' ? format.number(Math.round(10 ** -v)) : colour === 'p' ? run.percent(v) : format.number(v, 1)
  const targets: { value: string; text: string; hint?: string }[] = [
    { value: 'final', text: t.target.final },
    { value: 'next', text: t.target.next },
    ...(typeof target === 'object'
      ? [{ value: 'one', text: candidateView(target.id, target.text).label, hint: t.target.is(target.text) }]
      : []),
  ]
  return (
    <Figure
      title={t.grid.title}
      words={common.figure}
      source={info.source}
      caption={part === 'resid' ? t.grid.caption : t.grid.captionParts}
      testId="lens-figure"
      files={
        asked
          ? undefined
          : {
              name: `lens-${part}`,
              drawing: () =>
                drawGrid(run, columns, part, colour, target, scale, seen, (name) => themeColor(name, scheme)),
              numbers: () => ({
                model: info.model,
                part,
                tokens: tokens.map((x) => x.text),
                cells: columns.all.flatMap((c) => c.cells),
              }),
              array: () => {
                const rows = layersOf(info, part)
                return {
                  shape: [rows.length, columns.all.length, 3],
                  data: Float32Array.from(
                    rows.flatMap((l) =>
                      columns.all.flatMap((c) => {
                        const x = c.cells.find((one) => one.layer === l)
                        return x ? [probability(x), entropyBits(x), klBits(x)] : [NaN, NaN, NaN]
                      }),
                    ),
                  ),
                }
              },
            }
      }
    >
      <div className={styles.controls}>
        <Segmented<Part>
          label={t.part.label}
          value={part}
          onChange={(next) => set({ part: next })}
          testId="lens-part"
          options={(['resid', 'attn', 'mlp'] as const).map((value) => ({
            value,
            text: t.part[value],
            hint:
              value === 'resid' || (!recorded && !noParts)
                ? t.part.hint[value]
                : noParts
                  ? explain(noParts).text
                  : t.onlyResid,
            disabled: value !== 'resid' && (recorded || noParts !== null),
          }))}
        />
        <Segmented<Colour>
          label={t.colour.label}
          quiet={false}
          value={colour}
          onChange={(next) => set({ colour: next })}
          testId="lens-colour"
          options={(['p', 'entropy', 'kl', 'rank'] as const).map((value) => ({ value, text: t.colour[value] }))}
        />
        <Segmented
          label={t.target.label}
          quiet={false}
          value={typeof target === 'object' ? 'one' : target}
          onChange={(next) => {
            if (next !== 'one') set({ target: next as Target })
          }}
          options={targets}
          testId="lens-target"
        />
        {!recorded && (
          <TokenPick
            label={t.target.find}
            placeholder={t.target.other}
            none={t.act.none}
            testId="lens-pick"
            onPick={(token) => set({ target: token })}
          />
        )}
      </div>
      {part !== 'resid' && <p className={styles.note}>{t.partNote(part)}</p>}
      <Grid
        scale={scale}
        window={seen}
        onWindow={onSeen}
        width={narrow ? 60 : 80}
        side={narrow ? 56 : 172}
        asked={asked}
      />
      <div className={styles.under}>
        <Legend scale={scale} label={t.legend[colour]} format={legend} />
        {check && (
          <span
            className={styles.check}
            data-testid="lens-check"
            data-compared={check.compared}
            data-same={check.same}
            data-off={check.off}
            data-good={check.same === check.compared}
          >
            {check.compared === 0
              ? columns.error === null && t.check.wait
              : check.same === check.compared
                ? `✓ ${t.check.good(check.compared, said.own)}; ${t.check.off(check.off === 0 ? '0' : check.off.toExponential(1))}`
                : `≠ ${t.check.bad(check.compared - check.same, check.compared)}`}
          </span>
        )}
        {!game && (
          <Button icon="find" onClick={() => set({ game: true })} data-testid="lens-game-start">
            {t.game.start}
          </Button>
        )}
      </div>
      {columns.error && (
        <p className={styles.note} role="alert">
          {explain(columns.error).text}
        </p>
      )}
    </Figure>
  )
}
