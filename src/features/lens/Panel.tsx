// The lens: a grid of what every layer would say, one cell close up, the way of one token through the layers, and a game.
// Hover previews, click selects for all panels; j k tokens, l layers (shift goes back).

import { useEffect, useMemo, useState } from 'react'
import { answerOf } from '../../store/branches.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Curves } from './Curves.tsx'
import { Detail } from './Detail.tsx'
import { cellKey, Game } from './Game.tsx'
import { firstWindow, Grid, type GridWindow } from './Grid.tsx'
import styles from './Panel.module.css'
import { checkOutput, entropyBits, klBits, layersOf, probability, whatWasSaid } from './read.ts'
import { candidateView, RunProvider, useRunNow, type Run } from './run.ts'
import { useColumns } from './useColumns.ts'
import { useNarrow } from './useNarrow.ts'
import { useView, type Colour, type Part, type Target } from './view.ts'

export function Panel() {
  const run = useRunNow()
  return run && <Body run={run} />
}

function Body({ run }: { run: Run }) {
  const { info, tokens, t, common, position, layer, format } = run
  const { part: wantedPart, colour, target, game, guesses, hover, set } = useView()
  const scheme = useScheme()
  const narrow = useNarrow()
  const part = info.source === 'trace' ? 'resid' : wantedPart
  const chosen = typeof target === 'object' ? target.id : null
  const [seen, setSeen] = useState<GridWindow>(() => firstWindow(tokens.length, position))
  const positions = useMemo(() => {
    const list = Array.from({ length: Math.max(0, Math.min(tokens.length, seen.to) - seen.from) }, (_, i) => seen.from + i)
    return [...new Set([position, ...list])].filter((p) => p >= info.kept && p < tokens.length)
  }, [seen, position, tokens.length, info.kept])
  const columns = useColumns(run, positions, part, chosen)
  // the curves are always of the residual
  const residual = useColumns(run, part === 'resid' ? nowhere : [position], 'resid', chosen)
  const column = part === 'resid' ? columns.at(position) : residual.at(position)
  useShortcuts(run)

  const cell = game ? columns.at(position)?.cells.find((c) => c.layer === layer) : undefined
  const asked = cell && !guesses[cellKey(info.model, { layer, position }, `${part} ${cell.top[0]!.id}`)] ? { layer, position } : null
  const scale: ColorScale = useMemo(() => {
    const bits = Math.log2(info.vocab)
    if (colour === 'p') return { lut: lut('attention', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
    if (colour === 'rank') return { lut: lut('query', scheme), min: -Math.log10(info.vocab), max: 0 }
    return { lut: lut('heat', scheme), min: 0, max: bits, curve: 'sqrt' }
  }, [colour, scheme, info.vocab])
  const said = useMemo(() => {
    const events = info.edits.length ? null : answerOf(tokens)?.events ?? null
    return { own: events !== null, by: whatWasSaid(tokens, events) }
  }, [tokens, info.edits])
  const check = useMemo(() => (part === 'resid' ? checkOutput(columns.all, said.by, info.layers - 1) : null), [part, columns.all, said, info.layers])
  const complete = positions.every((p) => columns.at(p) !== null)
  const legend = (v: number): string => (colour === 'rank' ? format.number(Math.round(10 ** -v)) : colour === 'p' ? run.percent(v) : format.number(v, 1))
  const targets: { value: string; text: string; hint?: string }[] = [{ value: 'final', text: t.target.final }, { value: 'next', text: t.target.next },
    ...(typeof target === 'object' ? [{ value: 'one', text: candidateView(target.id, target.text).label, hint: t.target.is(target.text) }] : [])]
  return (
    <RunProvider value={{ run, columns }}>
      <div className={styles.panel} data-testid="lens-panel" data-ready={complete} data-layer={layer} data-position={position} data-hover={hover ? `${hover.layer} ${hover.position}` : undefined}>
        <header className={styles.intro}><h1>{t.title}</h1><p>{t.lead}</p></header>
        <p className={styles.warning} data-testid="lens-warning">{t.warning}</p>
        <div className={styles.columns}>
          <Figure title={t.grid.title} words={common.figure} source={info.source} caption={part === 'resid' ? t.grid.caption : t.grid.captionParts} testId="lens-figure"
            files={{
              name: `lens-${part}`,
              numbers: () => ({ model: info.model, part, tokens: tokens.map((x) => x.text), cells: columns.all.flatMap((c) => c.cells) }),
              array: () => {
                const rows = layersOf(info, part)
                return { shape: [rows.length, columns.all.length, 3], data: Float32Array.from(rows.flatMap((l) => columns.all.flatMap((c) => { const x = c.cells.find((one) => one.layer === l); return x ? [probability(x), entropyBits(x), klBits(x)] : [NaN, NaN, NaN] }))) }
              },
            }}>
            <div className={styles.controls}>
              <Segmented<Part> label={t.part.label} value={part} onChange={(next) => set({ part: next })} testId="lens-part"
                options={(['resid', 'attn', 'mlp'] as const).map((value) => ({ value, text: t.part[value], hint: info.source === 'trace' && value !== 'resid' ? t.onlyResid : t.part.hint[value], disabled: info.source === 'trace' && value !== 'resid' }))} />
              <Segmented<Colour> label={t.colour.label} quiet={false} value={colour} onChange={(next) => set({ colour: next })} testId="lens-colour"
                options={(['p', 'entropy', 'kl', 'rank'] as const).map((value) => ({ value, text: t.colour[value] }))} />
              <Segmented label={t.target.label} quiet={false} value={typeof target === 'object' ? 'one' : target} onChange={(next) => { if (next !== 'one') set({ target: next as Target }) }} options={targets} testId="lens-target" />
            </div>
            {part !== 'resid' && <p className={styles.note}>{t.partNote(part)}</p>}
            <Grid scale={scale} window={seen} onWindow={setSeen} width={narrow ? 60 : 80} side={narrow ? 56 : 172} asked={asked} />
            <div className={styles.under}>
              <Legend scale={scale} label={t.legend[colour]} format={legend} />
              {check && <span className={styles.check} data-testid="lens-check" data-compared={check.compared} data-same={check.same} data-off={check.off} data-good={check.same === check.compared}>
                {check.compared === 0 ? t.check.wait : check.same === check.compared ? `✓ ${t.check.good(check.compared, said.own)}; ${t.check.off(check.off === 0 ? '0' : check.off.toExponential(1))}` : `≠ ${t.check.bad(check.compared - check.same, check.compared)}`}
              </span>}
              {!game && <Button icon="find" onClick={() => set({ game: true })} data-testid="lens-game-start">{t.game.start}</Button>}
            </div>
            {columns.error && <p className={styles.note} role="alert">{columns.error}</p>}
          </Figure>
          <div className={styles.side}>
            <Detail asked={asked} />
            {game && <Game />}
          </div>
        </div>
        {/* what they show would give the answer away */}
        {!asked && <div className={styles.pair}><Curves column={column} /></div>}
        <p className={styles.keys}>{t.keys}</p>
      </div>
    </RunProvider>
  )
}

const nowhere: readonly number[] = []

function useShortcuts(run: Run): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element | null
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target?.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog')) return
      const { select } = useInspect.getState()
      const { layer, position, info, choose } = run
      const rows = info.layers + 1
      const act: Record<string, () => void> = {
        j: () => select({ position: position + 1 }), k: () => select({ position: position - 1 }),
        l: () => choose(((layer + 2) % rows) - 1, position), L: () => choose(((layer + rows) % rows) - 1, position),
      }
      const work = act[event.key]
      if (!work) return
      event.preventDefault()
      work()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [run])
}
