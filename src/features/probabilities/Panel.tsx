// The probabilities panel: choose a token; see how it was drawn out of the whole vocabulary; bend the settings.
// Everything acts on the logits that the run left behind; nothing runs the model again except a branch.

import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { useAsk } from '../../store/ask.ts'
import { placeOf } from '../../store/edits.ts'
import type { ErrorData, SamplingParams } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { useWishes, type Wish } from '../../store/lessons/wish.ts'
import { absentHere, wasGuessed } from '../../store/rows.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { useKeys } from '../../ui/keys.ts'
import { Notice } from '../../ui/Notice.tsx'
import { Compare } from './Compare.tsx'
import { Controls } from './Controls.tsx'
import { Dice, listed } from './Dice.tsx'
import { Draws } from './Draws.tsx'
import { Entropy } from './Entropy.tsx'
import { Length } from './Length.tsx'
import styles from './Panel.module.css'
import { Odds } from './Odds.tsx'
import { Pipeline } from './Pipeline.tsx'
import { keyOf, readPipeline } from './pipeline.ts'
import { Position } from './Position.tsx'
import { RunProvider, useRun, useRunNow, type Run } from './run.ts'
import { beginPlain, plain, useSettings, type Side } from './settings.ts'
import { Sweep } from './Sweep.tsx'

export function Panel() {
  const run = useRunNow()
  return (
    run && (
      <RunProvider value={run}>
        <Body />
      </RunProvider>
    )
  )
}

function Body() {
  const run = useRun()
  const { t, info, own, tokens, position } = run
  useShortcuts(run)
  const { go } = run,
    came = useRef(go),
    still = useRef(own)
  useEffect(() => {
    const { watched, selection } = useInspect.getState(),
      place = placeOf(watched, selection.position, true)
    if (!still.current && place !== null && place !== selection.position) came.current(place)
  }, [])
  const latest = useRef(go)
  useEffect(() => {
    latest.current = go
  })
  const wished = useCallback(({ drawn }: Wish) => {
    beginPlain()
    if (drawn !== undefined) latest.current(drawn)
  }, [])
  useWishes('probabilities', true, wished)
  const absent = absentHere(info, 'sampling')
  const token = tokens[position]
  // a model that reads the text whole has odds for its first token too
  const told = own
    ? position < info.kept
      ? t.position.forgotten
      : null
    : position === 0
      ? t.position.first
      : position <= info.kept
        ? t.position.forgotten
        : token && !wasGuessed(info, token)
          ? t.position.seen
          : null
  return (
    <div className={styles.panel} data-testid="probabilities-panel" data-position={position}>
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        {!absent && <p>{own ? t.own.lead : t.lead}</p>}
      </header>
      {!absent && <Position />}
      {absent ? (
        <Absent error={absent} />
      ) : told === null ? (
        own ? (
          <OwnViews />
        ) : (
          <Views />
        )
      ) : (
        <Notice tone="info">
          <p>{told}</p>
        </Notice>
      )}
      {!absent && <p className={styles.keys}>{own ? t.own.keys : t.keys}</p>}
    </div>
  )
}

function Views() {
  const { info, position, params } = useRun()
  const { side, compare } = useSettings()
  const other: Side = side === 'a' ? 'b' : 'a'
  const here = useView(position, side),
    there = useView(position, compare ? other : null)
  const view = here.data?.view
  const read = useMemo(() => (view ? readPipeline(view, info.vocab) : null), [view, info.vocab])
  if (here.error) return <Absent error={here.error} />
  if (!view || !read) return null
  // told with the settings it was made with: a slider may be ahead of the answer
  const shown = { ...here.data!.params, seed: params[side].seed }
  return (
    <div className={styles.columns} data-fresh={here.fresh} data-testid="views" data-took={here.took.toFixed(1)}>
      <div className={styles.main}>
        {compare && there.data && (
          <Compare views={side === 'a' ? { a: view, b: there.data.view } : { a: there.data.view, b: view }} />
        )}
        <Pipeline view={view} read={read} params={shown} />
        <Dice view={view} read={read} params={shown} />
        <div className={styles.pair}>
          <Draws view={view} params={shown} />
          <Sweep view={view} params={shown} />
        </div>
      </div>
      <div className={styles.side}>
        <Controls />
        <Entropy view={view} read={read} params={shown} />
        <Length />
      </div>
    </div>
  )
}

/** Where nothing is drawn: the odds as they are. */
function OwnViews() {
  const { t, info, position } = useRun()
  const params: SamplingParams = { ...plain, seed: 0, logitBias: {} }
  const { data: view, error, fresh } = useAsk(`odds ${position}`, (glass) => glass.sampling(position, params, listed))
  const read = useMemo(() => (view ? readPipeline(view, info.vocab) : null), [view, info.vocab])
  if (error) return <Absent error={error} />
  if (!view || !read) return null
  return (
    <div className={styles.columns} data-fresh={fresh} data-testid="views">
      <div className={styles.main}>
        <Odds view={view} />
      </div>
      <div className={styles.side}>
        <Notice tone="info" testId="no-sampler">
          <p>{t.own.noSampler}</p>
        </Notice>
        <Entropy view={view} read={read} params={params} />
      </div>
    </div>
  )
}

/** Why there is nothing to see. */
function Absent({ error }: { error: ErrorData }) {
  const { common } = useRun()
  const explain = useExplain()
  return <ErrorNote {...explain(error)} code={error.code} message={error.message} details={common.wait.details} />
}

function useView(position: number, side: Side | null) {
  const { params } = useRun()
  const wanted = side === null ? null : params[side]
  // the seed moves the dice, not the chances
  return useAsk(wanted && `view ${position} ${keyOf({ ...wanted, seed: 0 })}`, async (glass) => ({
    view: await glass.sampling(position, wanted!, listed),
    params: wanted!,
  }))
}

function useShortcuts(run: Run): void {
  useKeys('probabilities', () => {
    const { throws, set } = useSettings.getState()
    return {
      j: () => run.go(run.position + 1),
      k: () => run.go(run.position - 1),
      // what is still open: the token to come, or the next blank
      n: () =>
        run.go(
          run.own ? (run.blanks.find((at) => at > run.position) ?? run.blanks[0] ?? run.position) : run.tokens.length,
        ),
      r: () => {
        if (!run.own) set({ throws: throws + 1 })
      },
    }
  })
}
