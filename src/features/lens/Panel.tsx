// The lens: a grid of what every layer would say, one cell close up, the way of one token through the layers, and a
// game. Hover previews, click selects for all panels; j k tokens, l layers (shift goes back), c v u: keep, put, undo.

import { useMemo, useState } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import type { ErrorData } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { absentHere } from '../../store/rows.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { useKeys } from '../../ui/keys.ts'
import { Act } from './Act.tsx'
import { Curves } from './Curves.tsx'
import { Detail } from './Detail.tsx'
import { cellKey, Game } from './Game.tsx'
import { attempt, keepHere, putHere } from './edit.ts'
import { firstWindow, type GridWindow } from './Grid.tsx'
import { GridFigure } from './GridFigure.tsx'
import styles from './Panel.module.css'
import { layersOf, stepped } from './read.ts'
import { RunProvider, useRunNow, type Run } from './run.ts'
import { useColumns } from './useColumns.ts'
import { useView } from './view.ts'

export function Panel() {
  const run = useRunNow()
  const absent = run && absentHere(run.info, 'lens')
  return run && (absent ? <Absent run={run} error={absent} /> : <Body run={run} />)
}

/** The model has no lens: why. */
function Absent({ run: { t, common }, error }: { run: Run; error: ErrorData }) {
  const explain = useExplain()
  return (
    <div className={styles.panel} data-testid="lens-panel">
      <header className={styles.intro}>
        <h1>{t.title}</h1>
      </header>
      <ErrorNote {...explain(error)} code={error.code} message={error.message} details={common.wait.details} />
    </div>
  )
}

function Body({ run }: { run: Run }) {
  const { info, tokens, t, position, layer } = run
  const { part: wantedPart, target, game, guesses, hover } = useView()
  const part = info.source === 'recording' || run.noParts ? 'resid' : wantedPart
  const chosen = typeof target === 'object' ? target.id : null
  const [seen, setSeen] = useState<GridWindow>(() => firstWindow(tokens.length, position))
  const positions = useMemo(() => {
    const list = Array.from(
      { length: Math.max(0, Math.min(tokens.length, seen.to) - seen.from) },
      (_, i) => seen.from + i,
    )
    return [...new Set([position, ...list])].filter((p) => p >= info.kept && p < tokens.length)
  }, [seen, position, tokens.length, info.kept])
  const columns = useColumns(run, positions, part, chosen)
  // the curves are always of the residual
  const residual = useColumns(run, part === 'resid' ? nowhere : [position], 'resid', chosen)
  const column = part === 'resid' ? columns.at(position) : residual.at(position)
  useShortcuts(run)

  const cell = game ? columns.at(position)?.cells.find((c) => c.layer === layer) : undefined
  const asked =
    cell && !guesses[cellKey(info.model, { layer, position }, `${part} ${cell.top[0]!.id}`)]
      ? { layer, position }
      : null
  const complete = positions.every((p) => columns.at(p) !== null)
  return (
    <RunProvider value={{ run, columns }}>
      <div
        className={styles.panel}
        data-testid="lens-panel"
        data-ready={complete}
        data-layer={layer}
        data-position={position}
        data-hover={hover ? `${hover.layer} ${hover.position}` : undefined}
      >
        <header className={styles.intro}>
          <h1>{t.title}</h1>
          <p>{t.lead}</p>
        </header>
        <p className={styles.warning} data-testid="lens-warning">
          {t.warning}
        </p>
        <div className={styles.columns}>
          <div className={styles.side}>
            <GridFigure seen={seen} onSeen={setSeen} part={part} asked={asked} />
            {!asked && <Act column={column} />}
          </div>
          <div className={styles.side}>
            <Detail asked={asked} />
            {game && <Game />}
          </div>
        </div>
        {/* what they show would give the answer away */}
        {!asked && (
          <div className={styles.pair}>
            <Curves column={column} />
          </div>
        )}
        <p className={styles.keys}>{t.keys}</p>
      </div>
    </RunProvider>
  )
}

const nowhere: readonly number[] = []

function useShortcuts(run: Run): void {
  useKeys('lens', () => {
    const { select, edits, setEdits, editing, writing } = useInspect.getState()
    const { layer, position, info, choose } = run
    const rows = layersOf(info, 'resid')
    return {
      j: () => select({ position: position + 1 }),
      k: () => select({ position: position - 1 }),
      l: () => choose(stepped(rows, layer, 1), position),
      L: () => choose(stepped(rows, layer, -1), position),
      c: () => void attempt(() => keepHere(run)),
      v: () => void attempt(() => putHere(run)),
      u: () => {
        if (edits.length && !editing && !writing) void setEdits(edits.slice(0, -1))
      },
    }
  })
}
